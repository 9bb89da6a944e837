// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package table

import (
	"io"
	"strings"
	"testing"
)

// A row of commas alone must not take many times its size in memory, wherever it stands.
func TestReader_ManyFieldsTakeLittleMemory(t *testing.T) {
	t.Parallel()
	commas := strings.Repeat(",", rowFields*DefaultField-1)
	for name, text := range map[string]string{"header": commas, "row": "a,b\n" + commas} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reader := newReader("searches", io.NopCloser(strings.NewReader(text)), Defaults())
			_, err := reader.Header()
			if err == nil {
				_, err = reader.Next()
			}
			if err == nil || !strings.Contains(err.Error(), "it has more than the 2000 columns that are allowed") {
				t.Errorf("got %v", err)
			}
			if cap(reader.cells) > 4*maxColumns || cap(reader.buf) > 2*chunk {
				t.Errorf("%d cells and a buffer of %d bytes were taken", cap(reader.cells), cap(reader.buf))
			}
		})
	}
}
