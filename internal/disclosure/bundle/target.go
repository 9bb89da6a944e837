// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// What can be wrong with the target.
var (
	ErrExists  = errors.New("a file of that name is there, and it is not this package")
	ErrChanged = errors.New("the file of that name is not the package that was made: something has changed or replaced it")
	ErrLink    = errors.New("it is a symbolic link, and what it points at could be anywhere")
	ErrNoFile  = errors.New("it is a folder or a device, and no file")
)

// Target is the file that a package becomes, in a folder that stays open: whatever happens to the folder's name meanwhile,
// nothing is written elsewhere.
type Target struct {
	root *os.Root
	name string
	path string
}

// OpenTarget opens the folder of a path. The caller closes the target.
func OpenTarget(path string) (*Target, error) {
	name := filepath.Base(path)
	if path == "" || name == "." || name == ".." || name == string(filepath.Separator) || os.IsPathSeparator(path[len(path)-1]) {
		return nil, fmt.Errorf("the target %s: %w", path, ErrNoFile)
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be opened: %w", filepath.Dir(path), reason(err))
	}
	return &Target{root: root, name: name, path: path}, nil
}

// Close closes the folder.
func (t *Target) Close() error { return t.root.Close() }

// Check says why the target cannot be written, or nil. owned is the SHA-256 sum of a package that was written there before,
// empty where there is none.
func (t *Target) Check(owned string) error {
	info, err := t.root.Lstat(t.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("the target %s cannot be looked at: %w", t.path, reason(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("the target %s: %w", t.path, ErrLink)
	case !info.Mode().IsRegular():
		return fmt.Errorf("the target %s: %w", t.path, ErrNoFile)
	case owned == "":
		return fmt.Errorf("the target %s: %w", t.path, ErrExists)
	}
	sum, err := t.sum()
	if err != nil {
		return err
	}
	if sum != owned {
		return fmt.Errorf("the target %s: %w", t.path, ErrChanged)
	}
	return nil
}

func (t *Target) sum() (string, error) {
	file, err := t.root.Open(t.name)
	if err != nil {
		return "", fmt.Errorf("the target %s cannot be read: %w", t.path, reason(err))
	}
	defer file.Close() //nolint:errcheck // it was only read
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("the target %s cannot be read: %w", t.path, reason(err))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// Remove removes the package, if it still is the one that was made. It reports whether there was a file.
func (t *Target) Remove(owned string) (bool, error) {
	if _, err := t.root.Lstat(t.name); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err := t.Check(owned); err != nil {
		return true, err
	}
	if err := t.root.Remove(t.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return true, fmt.Errorf("the target %s cannot be removed: %w", t.path, reason(err))
	}
	return true, nil
}

// temporary makes a file beside the target, which its owner alone may read.
func (t *Target) temporary(kind string) (*os.File, string, error) {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // it never fails
	name := "." + t.name + "." + kind + "-" + hex.EncodeToString(random)
	file, err := t.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, "", fmt.Errorf("a temporary file cannot be made in the folder of %s: %w", t.path, reason(err))
	}
	return file, name, nil
}

// publish gives a temporary file the target's name, all at once. Where nothing was there before, a file that has appeared
// meanwhile is not replaced.
func (t *Target) publish(temporary, owned string) error {
	if err := t.Check(owned); err != nil {
		return err
	}
	if owned == "" {
		err := t.root.Link(temporary, t.name)
		switch {
		case err == nil:
			return t.root.Remove(temporary)
		case errors.Is(err, fs.ErrExist):
			return fmt.Errorf("the target %s: %w", t.path, ErrExists)
		}
		// Some file systems have no hard links.
	}
	if err := t.root.Rename(temporary, t.name); err != nil {
		return fmt.Errorf("the target %s cannot be written: %w", t.path, reason(err))
	}
	return nil
}

// reason drops the path from a file error: whoever reports it names the target, and temporary names help nobody.
func reason(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
