// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuild_HostileTargets(t *testing.T) {
	t.Parallel()
	file := zipOf(t, entry{"searches.csv", searches(mine("q"))})
	for name, test := range map[string]struct {
		prepare func(t *testing.T, r *Request)
		want    string
	}{
		"existing file": {func(t *testing.T, r *Request) { occupy(t, r.Path) }, ErrExists.Error()},
		"symlink to a file": {func(t *testing.T, r *Request) {
			occupy(t, r.Path+".precious")
			link(t, r.Path+".precious", r.Path)
		}, ErrLink.Error()},
		"dangling symlink": {func(t *testing.T, r *Request) { link(t, filepath.Join(t.TempDir(), "elsewhere"), r.Path) }, ErrLink.Error()},
		"symlink to our own": {func(t *testing.T, r *Request) {
			result, _ := build(t, *r)
			if err := os.Rename(r.Path, r.Path+".precious"); err != nil {
				t.Fatal(err)
			}
			link(t, r.Path+".precious", r.Path)
			r.Owned = result.SHA256
		}, ErrLink.Error()},
		"folder": {func(t *testing.T, r *Request) {
			if err := os.Mkdir(r.Path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, ErrNoFile.Error()},
		"no folder":         {func(_ *testing.T, r *Request) { r.Path = filepath.Join(filepath.Dir(r.Path), "missing", "p.zip") }, "cannot be opened: no such file or directory"},
		"folder is a file":  {func(t *testing.T, r *Request) { occupy(t, r.Path); r.Path = filepath.Join(r.Path, "p.zip") }, "cannot be opened: not a directory"},
		"unwritable folder": {func(t *testing.T, r *Request) { r.Path = filepath.Join(unwritable(t), "p.zip") }, "a temporary file cannot be made in the folder"},
		"name is a folder":  {func(_ *testing.T, r *Request) { r.Path = filepath.Dir(r.Path) + "/" }, ErrNoFile.Error()},
		"file that appears meanwhile": {func(t *testing.T, r *Request) {
			path, whole := r.Path, open(bytes.NewReader(file))
			r.Open = func(ctx context.Context) (io.ReadCloser, error) { occupy(t, path); return whole(ctx) }
		}, ErrExists.Error()},
		"symlink that appears meanwhile": {func(t *testing.T, r *Request) {
			path, whole := r.Path, open(bytes.NewReader(file))
			r.Open = func(ctx context.Context) (io.ReadCloser, error) {
				link(t, filepath.Join(t.TempDir(), "elsewhere"), path)
				return whole(ctx)
			}
		}, ErrLink.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t, file)
			folder := filepath.Dir(r.Path)
			test.prepare(t, &r)
			before := snapshot(t, folder)
			_, err := Build(t.Context(), r)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			after := snapshot(t, folder)
			delete(after, "package.zip")
			delete(before, "package.zip")
			if strings.Join(keys(before), " ") != strings.Join(keys(after), " ") {
				t.Errorf("the folder held %v and holds %v", before, after)
			}
			for name, content := range before {
				if after[name] != content {
					t.Errorf("%s was changed", name)
				}
			}
			if content, err := os.ReadFile(r.Path); err == nil && string(content) != "precious" && r.Owned == "" {
				t.Error("the target was overwritten")
			}
		})
	}
}

// A folder that is swapped for a link while a package is made gets nothing.
func TestBuild_FolderSwappedMeanwhile(t *testing.T) {
	t.Parallel()
	r := request(t, nil)
	elsewhere, folder := t.TempDir(), filepath.Join(t.TempDir(), "packages")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	r.Path = filepath.Join(folder, "package.zip")
	whole := open(bytes.NewReader(zipOf(t, entry{"searches.csv", searches(mine("q"))})))
	r.Open = func(ctx context.Context) (io.ReadCloser, error) {
		if err := os.Rename(folder, folder+".moved"); err != nil {
			t.Error(err)
		}
		link(t, elsewhere, folder)
		return whole(ctx)
	}
	if _, err := Build(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := listed(t, elsewhere); len(got) != 0 {
		t.Errorf("written elsewhere: %v", got)
	}
	if got := listed(t, folder+".moved"); len(got) != 1 {
		t.Errorf("the folder holds %v", got)
	}
}

func occupy(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Error(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Error(err)
	}
}

// unwritable is a folder that not even root may write to, or one without the right to.
func unwritable(t *testing.T) string {
	t.Helper()
	if os.Geteuid() == 0 {
		return "/proc/self"
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	return folder
}

func snapshot(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range listed(t, folder) {
		content, _ := os.ReadFile(filepath.Join(folder, name))
		files[name] = string(content)
	}
	return files
}

func keys(files map[string]string) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	return names
}
