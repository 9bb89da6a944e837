// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"fmt"
	"sync"
	"testing"
)

func TestRegister_RefusesWhatWouldEraseTwice(t *testing.T) {
	open := Entry{ID: "r1", Case: "DSR-1", Digests: []string{"k:a", "k:b"}, Open: true}
	closed := Entry{ID: "r1", Case: "DSR-1", Digests: []string{"k:a", "k:b"}}
	for name, tc := range map[string]struct {
		existing Entry
		created  Entry
		refused  bool
	}{
		"its own case":                     {open, Entry{Case: "DSR-1", Digests: []string{"k:z"}}, true},
		"its own case, closed":             {closed, Entry{Case: "DSR-1", Digests: []string{"k:z"}}, true},
		"another case with one person":     {open, Entry{Case: "DSR-2", Digests: []string{"k:z", "k:b"}}, true},
		"another case, the first closed":   {closed, Entry{Case: "DSR-2", Digests: []string{"k:a"}}, false},
		"another person":                   {open, Entry{Case: "DSR-2", Digests: []string{"k:z"}}, false},
		"in the open, one person":          {open, Entry{Digests: []string{"k:a"}}, true},
		"in the open, another person":      {open, Entry{Digests: []string{"k:z"}}, false},
		"digests under an older key match": {open, Entry{Case: "DSR-2", Digests: []string{"new:a", "k:a"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			first := NewRegister(10)
			first.Existing(tc.existing)
			if _, conflict := first.Create(tc.created); (conflict != nil) != tc.refused {
				t.Errorf("existing first: conflict %v, want refused %v", conflict, tc.refused)
			}
			second := NewRegister(10)
			if _, conflict := second.Create(tc.created); conflict != nil {
				t.Fatalf("alone: %v", conflict)
			}
			if conflict := second.Existing(tc.existing); (conflict != nil) != tc.refused {
				t.Errorf("create first: conflict %v, want refused %v", conflict, tc.refused)
			}
		})
	}
}

func TestRegister_ComparesCreates(t *testing.T) {
	r := NewRegister(10)
	if _, c := r.Create(Entry{Case: "DSR-1", Digests: []string{"k:a"}}); c != nil {
		t.Fatal(c)
	}
	if _, c := r.Create(Entry{Case: "DSR-2", Digests: []string{"k:a", "k:b"}}); c == nil || !c.SamePerson || c.Other != "DSR-1" {
		t.Errorf("one person in two cases: %+v", c)
	}
	if _, c := r.Create(Entry{Case: "DSR-1", Digests: []string{"k:c"}}); c == nil || c.SamePerson {
		t.Errorf("one case twice: %+v", c)
	}
}

func TestRegister_SeesARecordAgainWithoutAlarm(t *testing.T) {
	r := NewRegister(10)
	e := Entry{ID: "r1", Case: "DSR-1", Digests: []string{"k:a"}, Open: true}
	for range 3 {
		if c := r.Existing(e); c != nil {
			t.Errorf("seen again: %+v", c)
		}
	}
	// A refresh finds the erasure finished before another case is created.
	e.Open = false
	r.Existing(e)
	if _, c := r.Create(Entry{Case: "DSR-2", Digests: []string{"k:a"}}); c != nil {
		t.Errorf("a finished record stands in the way: %+v", c)
	}
}

func TestRegister_CountsCasesThatRun(t *testing.T) {
	r := NewRegister(2)
	for i, want := range []bool{false, false, true} {
		overrun := r.Run(fmt.Sprint(i), fmt.Sprintf("DSR-%d", i), []string{fmt.Sprint("id", i)})
		if (overrun != nil) != want {
			t.Errorf("case %d: %+v", i, overrun)
		}
	}
	if overrun := NewRegister(0).Run("1", "DSR-1", nil); overrun == nil {
		t.Error("a limit of 0 let a case run")
	}
	again := NewRegister(1)
	for range 3 {
		if overrun := again.Run("1", "DSR-1", []string{"id"}); overrun != nil {
			t.Errorf("one case, planned again: %+v", overrun)
		}
	}
	if overrun := NewRegister(9); overrun.Run("1", "DSR-1", []string{"id"}) != nil || overrun.Run("2", "DSR-2", []string{"id"}) == nil {
		t.Error("two cases send one identifier in one run")
	}
}

func TestRegister_ManyAtOnce(t *testing.T) {
	r := NewRegister(1000)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			entry := Entry{ID: fmt.Sprint("r", i), Case: fmt.Sprint("DSR-", i), Digests: []string{fmt.Sprint("k:", i)}, Open: true}
			if c := r.Existing(entry); c != nil {
				t.Error(c)
			}
			if _, c := r.Create(Entry{Case: fmt.Sprint("NEW-", i), Digests: []string{fmt.Sprint("k:new", i)}}); c != nil {
				t.Error(c)
			}
		})
	}
	all.Wait()
}

func TestRegister_RenewsARecordThatNeverRan(t *testing.T) {
	r := NewRegister(10)
	waiting := Entry{ID: "r1", Case: "DSR-1", Digests: []string{"k:a"}, Open: true}
	other := Entry{ID: "r2", Case: "DSR-2", Digests: []string{"k:b"}, Open: true}
	r.Existing(waiting)
	r.Existing(other)
	if c := r.Renew(Entry{ID: "r1", Case: "DSR-1", Digests: []string{"k:a", "k:c"}}); c != nil {
		t.Errorf("its own case and people: %+v", c)
	}
	if c := r.Renew(Entry{ID: "r1", Case: "DSR-1", Digests: []string{"k:a", "k:b"}}); c == nil || !c.SamePerson || c.Other != "DSR-2" {
		t.Errorf("a person of another open record: %+v", c)
	}
	if c := r.Renew(Entry{ID: "r1", Case: "DSR-2", Digests: []string{"k:d"}}); c == nil || c.SamePerson {
		t.Errorf("the case of another record: %+v", c)
	}
	if _, c := r.Create(Entry{Case: "DSR-3", Digests: []string{"k:c"}}); c == nil {
		t.Error("a create names someone whom a waiting record names by now")
	}
}
