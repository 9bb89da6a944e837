// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
)

func TestReady_OnlyTheStatusSaysSo(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"AVAILABLE": "", "available": "", "PENDING": "Coveo says PENDING", "REINDEXING_SOON": "Coveo says REINDEXING_SOON", "": "something that is no status",
		"<b>alice@example.com": "something that is no status", "EXPIRED": "has expired", "FAILED": "could not make",
	} {
		err := ready(&coveo.Export{ID: "x", Status: status})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", status, err)
		}
	}
}

// Whatever went wrong, the message says what to do.
func TestExplain_SaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{&table.Error{Table: "t", Row: 2, Reason: "r"}, "Table t, row 2: r.\n\nNothing of the row is shown here"},
		{&table.Error{Reason: "r", Limit: true}, "raise the limit in limits."},
		{fmt.Errorf("p: %w", bundle.ErrExists), "Choose another path"},
		{fmt.Errorf("p: %w", bundle.ErrChanged), "It is neither overwritten nor removed."},
		{fmt.Errorf("p: %w", bundle.ErrLink), "Name the file itself in path."},
		{context.DeadlineExceeded, "a longer timeouts block helps"},
		{ready(&coveo.Export{Status: "EXPIRED"}), "Export again"},
		{coveo.ErrTokenUnknown, "depends_on"},
	} {
		if got := explain(test.err); !strings.Contains(got, test.want) {
			t.Errorf("%v: got %q", test.err, got)
		}
	}
}

// A message begins with a capital letter, and names a path as it is.
func TestExplain_LeavesPathsAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"übergabe/", "packages/"} {
		_, err := bundle.OpenTarget(path)
		if err == nil {
			t.Fatal("a folder was taken for a file")
		}
		if got := explain(err); !strings.HasPrefix(got, "The target "+path+": ") || !utf8.ValidString(got) {
			t.Errorf("got %q", got)
		}
	}
}
