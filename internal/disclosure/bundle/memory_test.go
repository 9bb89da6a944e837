// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// rowsWithoutEnd is a table that is made while it is read.
type rowsWithoutEnd struct {
	left int
	rest []byte
	line []byte
}

func (r *rowsWithoutEnd) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) {
		if len(r.rest) == 0 {
			r.rest = r.line
		}
		copied := copy(p[n:], r.rest)
		r.rest, n = r.rest[copied:], n+copied
	}
	r.left -= n
	if r.left <= 0 {
		// The last row ends where a row ends.
		return n - (len(r.line) - len(r.rest)), nil
	}
	return n, nil
}

// Memory does not grow with the export. This is the heap for 200 MB; make bench measures a whole process for 2 GB.
func TestBuild_MemoryIsBounded(t *testing.T) {
	if underRaceDetector {
		t.Skip("the race detector's own memory would be measured, and it takes long")
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, written := uint64(0), 0
	r := request(t, nil)
	line := []byte(mine(`"how to reset a ""password"", please"`) + "\n")
	r.Open = open(io.MultiReader(strings.NewReader("datetime,userId,visitorId,queryText,originLevel1,actionCause\n"), &rowsWithoutEnd{left: 200 << 20, line: line}))
	r.through = func(to io.Writer) io.Writer {
		return writerFunc(func(p []byte) (int, error) {
			if written++; written%4 == 0 {
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse)
			}
			return to.Write(p)
		})
	}
	result, _ := build(t, r)
	if want := int64(200<<20) / int64(len(line)); result.Tables[0].Rows < want-5000 || written < 8 {
		t.Fatalf("%d rows in %d writes", result.Tables[0].Rows, written)
	}
	if grown := int64(most) - int64(before.HeapInuse); grown > 24<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
}
