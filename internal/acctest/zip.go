// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"archive/zip"
	"io"
	"strings"
	"testing"
)

// Unzipped is everything in an archive, such as a plan file, which no search finds anything in as it is.
func Unzipped(t *testing.T, path string) string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close() //nolint:errcheck // it was only read
	var all strings.Builder
	for _, file := range archive.File {
		content, err := file.Open()
		if err == nil {
			all.WriteString(file.Name + "\n")
			_, err = io.Copy(&all, content)
			_ = content.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
