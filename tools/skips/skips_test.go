// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"strings"
	"testing"
)

const permittedSkips = `
# A comment.
TestOldCLI           needs Terraform 1.14
TestTable/windows    no SSH agent there
`

func TestReport(t *testing.T) {
	tests := map[string]struct {
		input   []string
		shown   []string
		hidden  []string
		problem string // What the error contains; none is expected where this is empty.
	}{
		"all pass": {
			input: []string{
				`make: a line that is no event`,
				`{"Action":"start","Package":"p"}`,
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Output":"PASS\n"}`,
				`{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}`,
				`{"Action":"pass","Package":"p"}`,
				`{"Action":"output","Package":"q","Output":"?   \tq\t[no test files]\n"}`,
				`{"Action":"skip","Package":"q"}`,
			},
			shown:  []string{"make: a line that is no event\n", "ok  \tp\t0.1s\n", "no test files", "1 passed, 0 failed, 0 skipped\n"},
			hidden: []string{"chatter", "PASS"},
		},
		"a failure is shown with what it printed": {
			input: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"of A\n"}`,
				`{"Action":"output","Package":"p","Test":"TestB","Output":"of B\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"fail","Package":"p","Test":"TestB"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			shown:   []string{"of B\n", "1 passed, 1 failed, 0 skipped\n"},
			hidden:  []string{"of A"},
			problem: "1 tests failed, in 1 packages",
		},
		"a test that never ended is shown": {
			input: []string{
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Test":"TestB","Output":"panic: test timed out after 15m0s\n"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			shown:   []string{"panic: test timed out"},
			problem: "0 tests failed, in 1 packages",
		},
		"a package that does not build": {
			input: []string{
				`{"ImportPath":"p","Action":"build-output","Output":"p/p.go:1:1: syntax error\n"}`,
				`{"ImportPath":"p","Action":"build-fail"}`,
				`{"Action":"pass","Package":"q","Test":"TestA"}`,
				`{"Action":"fail","Package":"p","FailedBuild":"p"}`,
			},
			shown:   []string{"syntax error"},
			problem: "in 1 packages",
		},
		"nothing ran": {
			input:   []string{`go: go.mod is broken`},
			shown:   []string{"go: go.mod is broken\n"},
			problem: "no test ran",
		},
		"only skips ran": {
			input:   []string{`{"Action":"skip","Package":"p","Test":"TestOldCLI"}`},
			problem: "no test ran",
		},
		"permitted skips, of a test and of a part": {
			input: []string{
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"skip","Package":"p","Test":"TestOldCLI/sub"}`,
				`{"Action":"skip","Package":"p","Test":"TestTable/windows"}`,
			},
			shown: []string{"skipped, as the-list permits: TestTable/windows (p)\n", "1 passed, 0 failed, 2 skipped\n"},
		},
		"a skip that nobody permitted": {
			input: []string{
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"skip","Package":"p","Test":"TestTable/linux"}`,
			},
			problem: "skipped, and not in the-list: TestTable/linux (p)",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			permitted, err := readList(strings.NewReader(permittedSkips))
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			r := &report{out: &out}
			if err := r.read(strings.NewReader(strings.Join(tt.input, "\n") + "\n")); err != nil {
				t.Fatal(err)
			}
			err = r.verdict(permitted, "the-list")

			for _, want := range tt.shown {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not shown in:\n%s", want, out.String())
				}
			}
			for _, unwanted := range tt.hidden {
				if strings.Contains(out.String(), unwanted) {
					t.Errorf("%q is shown in:\n%s", unwanted, out.String())
				}
			}
			switch {
			case tt.problem == "" && err != nil:
				t.Errorf("unexpected error: %v", err)
			case tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
				t.Errorf("got error %v, want one that says %q", err, tt.problem)
			}
		})
	}
}

func TestReadList_everySkipNeedsAReason(t *testing.T) {
	_, err := readList(strings.NewReader("TestA because\nTestB  \n"))
	if err == nil || err.Error() != "line 2: TestB has no reason" {
		t.Errorf("got error %v, want one that names the line", err)
	}
}
