// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package subject

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// maxVaultSize bounds the file that is read: ten thousand cases are about a megabyte.
const maxVaultSize = 64 << 20

// Vault maps case references to people's identifiers. It is read at run time and never written anywhere.
type Vault struct {
	cases map[string][]string
}

// NewVault checks a map from case references to identifiers. Its errors name neither.
func NewVault(cases map[string][]string) (*Vault, error) {
	v := &Vault{cases: make(map[string][]string, len(cases))}
	references := make([]string, 0, len(cases))
	for reference := range cases {
		references = append(references, reference)
	}
	sort.Strings(references)
	for n, reference := range references {
		if err := v.add(reference, cases[reference]); err != nil {
			return nil, fmt.Errorf("entry %d in order of the references: %w", n+1, err)
		}
	}
	return v, nil
}

func (v *Vault) add(reference string, ids []string) error {
	if err := CheckCase(reference); err != nil {
		return fmt.Errorf("the case reference cannot be used: %w", err)
	}
	if _, twice := v.cases[reference]; twice {
		return fmt.Errorf("the case reference %s stands there twice", reference)
	}
	if len(ids) == 0 {
		return fmt.Errorf("case %s has no identifier; leave the case out when it is closed", reference)
	}
	if err := CheckIDs(ids); err != nil {
		return fmt.Errorf("case %s: %w", reference, err)
	}
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	v.cases[reference] = slices.Compact(sorted)
	return nil
}

// CheckIDs says which identifier cannot be used, by its place and not by its text.
func CheckIDs(ids []string) error {
	for n, id := range ids {
		if err := coveo.CheckUserID(id); err != nil {
			return fmt.Errorf("identifier %d of %d cannot be used: %w", n+1, len(ids), err)
		}
	}
	return nil
}

// IDs are the identifiers of a case, sorted, each once.
func (v *Vault) IDs(reference string) ([]string, bool) {
	ids, ok := v.cases[reference]
	return slices.Clone(ids), ok
}

// Cases are the references that the vault knows, sorted.
func (v *Vault) Cases() []string { return slices.Sorted(maps.Keys(v.cases)) }

// ParseVault reads the file's format: one JSON object from case reference to a list of identifiers. A reference that stands
// there twice is an error rather than the last one winning, since then a reviewed case could name someone else.
func ParseVault(data []byte) (*Vault, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("it is not valid UTF-8, so identifiers in it could be read as others")
	}
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	malformed := func(what string) error {
		return fmt.Errorf(`%s near byte %d; it must be one JSON object such as {"DSR-2026-0142": ["<identifier>", "<identifier>"]}`, what, decoder.InputOffset())
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, malformed("it holds no JSON object")
	}
	v := &Vault{cases: map[string][]string{}}
	for n := 1; decoder.More(); n++ {
		token, err := decoder.Token()
		reference, ok := token.(string)
		if err != nil || !ok {
			return nil, malformed("it is not valid JSON")
		}
		// The decoder's own errors quote what they read, which may be an identifier.
		var ids []string
		if err := decoder.Decode(&ids); err != nil {
			return nil, malformed(fmt.Sprintf("entry %d is not a list of texts", n))
		}
		// The decoder puts this character where an escape stands for no character.
		if slices.ContainsFunc(ids, func(id string) bool { return strings.ContainsRune(id, utf8.RuneError) }) {
			return nil, malformed(fmt.Sprintf("entry %d holds a damaged character, so an identifier in it could be read as another", n))
		}
		if err := v.add(reference, ids); err != nil {
			return nil, fmt.Errorf("entry %d: %w", n, err)
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, malformed("its object is not closed")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("something follows its object")
	}
	return v, nil
}

// LoadVault reads a vault file. exposed is true when others than the file's owner may read it.
func LoadVault(path string) (vault *Vault, exposed bool, err error) {
	file, err := os.Open(path) //nolint:gosec // the path is the operator's own setting
	if err != nil {
		return nil, false, fmt.Errorf("it cannot be read: %w", reason(err))
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, false, fmt.Errorf("it cannot be read: %w", reason(err))
	}
	if info.IsDir() {
		return nil, false, errors.New("it is a folder")
	}
	data, err := io.ReadAll(io.LimitReader(file, maxVaultSize+1))
	if err != nil {
		return nil, false, fmt.Errorf("it cannot be read: %w", reason(err))
	}
	if len(data) > maxVaultSize {
		return nil, false, fmt.Errorf("it is larger than %d MiB", maxVaultSize>>20)
	}
	vault, err = ParseVault(data)
	// Windows has no such permissions; what Go shows there is made up.
	return vault, runtime.GOOS != "windows" && info.Mode().Perm()&0o044 != 0, err
}

// reason drops the path from a file error: whoever reports it names the attribute that holds the path.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
