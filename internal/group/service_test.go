// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// fakeAPI is an organization's groups, slow enough for writers to meet.
type fakeAPI struct {
	mu     sync.Mutex
	groups []coveo.Group
	lean   bool
	empty  bool // lean lists say so with empty lists of people
	lists  int
	gets   int
	getErr error
	err    error
}

func (f *fakeAPI) OrganizationID() string { return "acmeprod1a2b3c" }

func (f *fakeAPI) ListGroups(context.Context) ([]coveo.Group, error) {
	<-time.After(5 * time.Millisecond)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lists++
	list := slices.Clone(f.groups)
	if f.lean {
		for i := range list {
			list[i].Members, list[i].Invites = nil, nil
			if f.empty {
				list[i].Members, list[i].Invites = []coveo.Member{}, []coveo.Member{}
			}
		}
	}
	return list, nil
}

func (f *fakeAPI) GetGroup(_ context.Context, id string) (*coveo.Group, error) {
	<-time.After(time.Millisecond)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gets++
	if f.getErr != nil {
		return nil, f.getErr
	}
	for _, group := range f.groups {
		if group.ID == id {
			group.Members = slices.Clone(group.Members)
			return &group, nil
		}
	}
	return nil, &coveo.Error{Status: 404}
}

func (f *fakeAPI) CreateGroup(context.Context, coveo.NewGroup) (string, error) { return "new", f.err }

func (f *fakeAPI) UpdateGroup(_ context.Context, read *coveo.Group, change coveo.GroupChange) error {
	<-time.After(time.Millisecond)
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.groups {
		if f.groups[i].ID == read.ID && change.Members != nil {
			f.groups[i].Members = *change.Members
		}
	}
	return f.err
}

func (f *fakeAPI) DeleteGroup(context.Context, string) error { return f.err }

func groupsNamed(n int) []coveo.Group {
	groups := make([]coveo.Group, n)
	for i := range groups {
		groups[i] = coveo.Group{ID: fmt.Sprintf("group%d", i), DisplayName: fmt.Sprintf("g%d", n-i), Members: []coveo.Member{{Email: "a@example.com"}}}
	}
	return groups
}

func TestServiceReadsAThousandGroupsWithOneList(t *testing.T) {
	api := &fakeAPI{groups: groupsNamed(1000)}
	s := NewService(api, coveo.SystemClock{})
	var readers sync.WaitGroup
	for worker := range 10 {
		readers.Go(func() {
			for i := worker; i < 1000; i += 10 {
				id := fmt.Sprintf("group%d", i)
				if group, err := s.Find(t.Context(), id, true); err != nil || group == nil || group.ID != id || len(group.Members) != 1 {
					t.Errorf("Find(%s) = %v, %v", id, group, err)
				}
			}
		})
	}
	readers.Wait()
	if api.lists != 1 || api.gets != 0 {
		t.Errorf("%d lists and %d single reads, want 1 and 0", api.lists, api.gets)
	}
}

// A list that leaves people out is enough only where nobody asks for them.
func TestServiceAsksForPeopleWhereTheListIsLean(t *testing.T) {
	api := &fakeAPI{groups: groupsNamed(3), lean: true}
	s := NewService(api, coveo.SystemClock{})
	if group, err := s.Find(t.Context(), "group1", false); err != nil || group == nil || api.gets != 0 {
		t.Errorf("%v, %v, %d single reads", group, err, api.gets)
	}
	if group, err := s.Find(t.Context(), "group1", true); err != nil || len(group.Members) != 1 || api.gets != 1 {
		t.Errorf("%v, %v, %d single reads", group, err, api.gets)
	}
	all, err := s.All(t.Context(), true, func(g *coveo.Group) bool { return g.ID != "group2" })
	if err != nil || len(all) != 2 || all[0].ID != "group1" || len(all[0].Members) != 1 || api.gets != 3 {
		t.Errorf("%v, %v, %d single reads", all, err, api.gets)
	}
	api.getErr = &coveo.Error{Status: 403}
	if _, err := s.Find(t.Context(), "group1", true); !coveo.IsRefused(err) {
		t.Errorf("a refusal to tell who is in a group became %v", err)
	}
	// A group that lists show is not gone because a single read does not find it, and is once they do not show it any more.
	api.getErr = &coveo.Error{Status: 404}
	if group, err := s.Find(t.Context(), "group1", true); group != nil || !coveo.IsNotFound(err) {
		t.Errorf("a contradiction became %v, %v", group, err)
	}
	api.groups = api.groups[2:]
	if group, err := s.Find(t.Context(), "group1", true); group != nil || err != nil {
		t.Errorf("a group that is gone became %v, %v", group, err)
	}
	if lists := api.lists; lists != 4 {
		t.Errorf("%d lists, want 2", lists)
	}
}

// No organization is without an administrator, so a list of groups in which nobody is says nothing about people.
func TestServiceDoesNotBelieveThatNobodyIsInAnyGroup(t *testing.T) {
	api := &fakeAPI{groups: groupsNamed(3), lean: true, empty: true}
	s := NewService(api, coveo.SystemClock{})
	if group, err := s.Find(t.Context(), "group1", true); err != nil || group == nil || len(group.Members) != 1 || api.gets != 1 {
		t.Errorf("%v, %v, %d single reads", group, err, api.gets)
	}
}

func TestServiceEveryWriteInvalidates(t *testing.T) {
	changing := func(*coveo.Group) (coveo.GroupChange, bool) { return coveo.GroupChange{}, true }
	for name, write := range map[string]func(context.Context, *Service) error{
		"create": func(ctx context.Context, s *Service) error {
			_, err := s.create(ctx, coveo.NewGroup{})
			return err
		},
		"update": func(ctx context.Context, s *Service) error { return s.update(ctx, "group0", changing) },
		"delete": func(ctx context.Context, s *Service) error { return s.remove(ctx, "group0") },
	} {
		for _, failing := range []error{nil, errors.New("the answer is lost")} {
			t.Run(fmt.Sprintf("%s, failing %v", name, failing), func(t *testing.T) {
				api := &fakeAPI{groups: groupsNamed(1), err: failing}
				s := NewService(api, coveo.SystemClock{})
				for want := 1; want <= 2; want++ {
					if _, err := s.Find(t.Context(), "group0", true); err != nil || api.lists != want {
						t.Fatalf("%v after %d lists, want %d", err, api.lists, want)
					}
					if err := write(t.Context(), s); !errors.Is(err, failing) {
						t.Fatalf("the write ended with %v", err)
					}
				}
			})
		}
	}
}

func TestServiceWritesNothingWhereNothingChanges(t *testing.T) {
	api := &fakeAPI{groups: groupsNamed(1), err: errors.New("was called")}
	err := NewService(api, coveo.SystemClock{}).update(t.Context(), "group0", func(*coveo.Group) (coveo.GroupChange, bool) { return coveo.GroupChange{}, false })
	if err != nil {
		t.Error(err)
	}
}

// Each of many writers adds somebody to one group by writing it whole. Without turns all but the last would be lost.
func TestServiceWritersOfOneGroupLoseNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &fakeAPI{groups: groupsNamed(2)}
		s := NewService(api, coveo.SystemClock{})
		var writers sync.WaitGroup
		for i := range 40 {
			writers.Go(func() {
				err := s.update(t.Context(), fmt.Sprintf("group%d", i%2), func(read *coveo.Group) (coveo.GroupChange, bool) {
					members := append(slices.Clone(read.Members), coveo.Member{Username: fmt.Sprint(i)})
					return coveo.GroupChange{Members: &members}, true
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		began := time.Now()
		writers.Wait()
		for _, group := range api.groups {
			if len(group.Members) != 21 {
				t.Errorf("%s has %d members, want 21", group.ID, len(group.Members))
			}
		}
		// Two groups do not wait for each other.
		if took := time.Since(began); took > 50*time.Millisecond {
			t.Errorf("20 turns of 2 ms took %s", took)
		}
	})
}

func TestServiceATurnEndsWithItsContext(t *testing.T) {
	s := NewService(&fakeAPI{}, coveo.SystemClock{})
	done, err := s.turn(t.Context(), "group0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.remove(ctx, "group0"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	done()
	if err := s.remove(t.Context(), "group0"); err != nil {
		t.Error(err)
	}
}
