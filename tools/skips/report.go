// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An event is one line of `go test -json`; `go doc test2json` describes it.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// A test is named by its package and its name.
type test struct {
	pkg, name string
}

// A report shows the events it reads, and keeps count of them.
type report struct {
	out io.Writer

	passed, failed int
	brokenPackages int
	skipped        []test

	// What tests have printed that have not ended yet: nobody wants to read it if they pass.
	pending []output
}

type output struct {
	test test
	text string
}

// read takes in everything. Lines that are no events, such as those of make, are shown as they are.
func (r *report) read(from io.Reader) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
				r.add(e)
			} else {
				r.show(line)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) add(e event) {
	t := test{e.Package, e.Test}
	switch {
	case e.Action == "build-output":
		r.show(e.Output)
	case e.Action == "output" && e.Test != "":
		r.pending = append(r.pending, output{t, e.Output})
	case e.Action == "output" && e.Output != "PASS\n":
		r.show(e.Output)
	case e.Action == "fail" && e.Test == "":
		r.brokenPackages++
		r.flush(func(o output) bool { return o.test.pkg == e.Package }, true)
	case e.Test == "":
		// A package that passed, or has no tests, has printed its own line.
	case e.Action == "pass":
		r.passed++
		r.flush(t.printed, false)
	case e.Action == "fail":
		r.failed++
		r.flush(t.printed, true)
	case e.Action == "skip":
		r.skipped = append(r.skipped, t)
		r.flush(t.printed, false)
	}
}

func (t test) printed(o output) bool { return o.test == t }

// flush forgets the pending output that is selected, and shows it first if asked to.
func (r *report) flush(selected func(output) bool, show bool) {
	if show {
		for _, o := range r.pending {
			if selected(o) {
				r.show(o.text)
			}
		}
	}
	r.pending = slices.DeleteFunc(r.pending, selected)
}

func (r *report) show(text string) {
	// A reader that has gone away must not hide the verdict.
	_, _ = io.WriteString(r.out, text)
}

// verdict prints the counts and says what is wrong, if anything is.
func (r *report) verdict(permitted list, source string) error {
	var problems []string
	for _, t := range r.skipped {
		if permitted.allows(t.name) {
			r.show(fmt.Sprintf("skipped, as %s permits: %s (%s)\n", source, t.name, t.pkg))
		} else {
			problems = append(problems, fmt.Sprintf("skipped, and not in %s: %s (%s)", source, t.name, t.pkg))
		}
	}
	if r.failed > 0 || r.brokenPackages > 0 {
		problems = append(problems, fmt.Sprintf("%d tests failed, in %d packages", r.failed, r.brokenPackages))
	}
	if r.passed+r.failed == 0 {
		problems = append(problems, "no test ran")
	}
	r.show(fmt.Sprintf("%d passed, %d failed, %d skipped\n", r.passed, r.failed, len(r.skipped)))
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "\n"))
	}
	return nil
}
