// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// fakeAPI is a list of keys that is counted, and can be held up and made to fail.
type fakeAPI struct {
	mu    sync.Mutex
	keys  []coveo.APIKey
	lists int
	gets  int
	// templates counts the templates that were read.
	templates int
	// holding is asked before a list answers, with the number of that list.
	holding func(ctx context.Context, list int) error
	getErr  error
	err     error
}

func (f *fakeAPI) OrganizationID() string { return "acmeprod1a2b3c" }

func (f *fakeAPI) ListAPIKeys(ctx context.Context) ([]coveo.APIKey, error) {
	f.mu.Lock()
	f.lists++
	list, keys, err := f.lists, append([]coveo.APIKey(nil), f.keys...), f.err
	f.mu.Unlock()
	if f.holding != nil {
		if err := f.holding(ctx, list); err != nil {
			return nil, err
		}
	}
	return keys, err
}

func (f *fakeAPI) GetAPIKey(_ context.Context, id string) (*coveo.APIKey, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gets++
	if f.getErr != nil {
		return nil, f.getErr
	}
	for _, key := range f.keys {
		if key.ID == id {
			return &key, nil
		}
	}
	return nil, &coveo.Error{Status: 404}
}

func (f *fakeAPI) CreateAPIKey(_ context.Context, key coveo.NewAPIKey) (*coveo.APIKey, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	made := coveo.APIKey{ID: fmt.Sprintf("key%d", len(f.keys)), DisplayName: key.DisplayName, Value: "xx1"}
	f.keys = append(f.keys, made)
	return &made, nil
}

func (f *fakeAPI) UpdateAPIKey(context.Context, string, coveo.APIKeyUpdate) error { return f.err }
func (f *fakeAPI) ActivateAPIKey(context.Context, string) error                   { return f.err }
func (f *fakeAPI) DisableAPIKey(context.Context, string) error                    { return f.err }
func (f *fakeAPI) DeleteAPIKey(context.Context, string) error                     { return f.err }
func (f *fakeAPI) ExtendAPIKey(context.Context, string) error                     { return f.err }

func (f *fakeAPI) ListAPIKeyTemplates(context.Context) ([]coveo.APIKeyTemplate, error) {
	return nil, f.err
}

func (f *fakeAPI) GetAPIKeyTemplate(_ context.Context, id string) (*coveo.APIKeyTemplate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.templates++
	return &coveo.APIKeyTemplate{ID: id}, f.err
}

func (f *fakeAPI) APIKeyTemplateEligibility(context.Context) ([]coveo.TemplateEligibility, error) {
	return nil, f.err
}

func (f *fakeAPI) counts() (lists, gets int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lists, f.gets
}

func keysNamed(n int) []coveo.APIKey {
	keys := make([]coveo.APIKey, n)
	for i := range keys {
		keys[i].ID = fmt.Sprintf("key%d", i)
	}
	return keys
}

func TestServiceReadsAThousandKeysWithOneList(t *testing.T) {
	api := &fakeAPI{keys: keysNamed(1000), holding: func(ctx context.Context, _ int) error {
		return coveo.SystemClock{}.Wait(ctx, 5*time.Millisecond)
	}}
	s := NewService(api, coveo.SystemClock{})
	var readers sync.WaitGroup
	for worker := range 10 {
		readers.Go(func() {
			for i := worker; i < 1000; i += 10 {
				id := fmt.Sprintf("key%d", i)
				if key, err := s.Find(t.Context(), id); err != nil || key == nil || key.ID != id {
					t.Errorf("Find(%s) = %v, %v", id, key, err)
				}
			}
		})
	}
	readers.Wait()
	if lists, gets := api.counts(); lists != 1 || gets != 0 {
		t.Errorf("%d lists and %d single reads, want 1 and 0", lists, gets)
	}
}

func TestServiceReadsATemplateOnce(t *testing.T) {
	api := &fakeAPI{}
	s := NewService(api, coveo.SystemClock{})
	api.err = errors.New("not now")
	if template, err := s.Template(t.Context(), "a"); err == nil {
		t.Fatalf("Template = %v", template)
	}
	api.err, api.templates = nil, 0
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			if template, err := s.Template(t.Context(), "a"); err != nil || template.ID != "a" {
				t.Errorf("Template = %v, %v", template, err)
			}
		})
	}
	readers.Wait()
	if api.templates != 1 {
		t.Errorf("the template was read %d times", api.templates)
	}
}

func TestServiceEveryWriteInvalidates(t *testing.T) {
	for name, write := range map[string]func(context.Context, *Service) error{
		"create": func(ctx context.Context, s *Service) error {
			_, err := s.create(ctx, coveo.NewAPIKey{DisplayName: "new"})
			return err
		},
		"disable": func(ctx context.Context, s *Service) error {
			_, err := s.change(ctx, "key0", changes{disable: true})
			return err
		},
		"activate": func(ctx context.Context, s *Service) error {
			_, err := s.change(ctx, "key0", changes{activate: true})
			return err
		},
		"update": func(ctx context.Context, s *Service) error {
			_, err := s.change(ctx, "key0", changes{settings: func(*coveo.APIKeyUpdate) error { return nil }})
			return err
		},
		"extend": func(ctx context.Context, s *Service) error { return s.extend(ctx, "key0") },
		"delete": func(ctx context.Context, s *Service) error { return s.remove(ctx, "key0") },
	} {
		for _, failing := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, failing %t", name, failing), func(t *testing.T) {
				api := &fakeAPI{keys: keysNamed(1)}
				s := NewService(api, coveo.SystemClock{})
				if _, err := s.List(t.Context()); err != nil {
					t.Fatal(err)
				}
				if failing {
					api.err = errors.New("the answer is lost")
				}
				if err := write(t.Context(), s); err != nil != (failing && name != "create") {
					t.Fatalf("the write ended with %v", err)
				}
				api.err = nil
				if _, err := s.List(t.Context()); err != nil {
					t.Fatal(err)
				}
				if lists, _ := api.counts(); lists != 2 {
					t.Errorf("%d lists, want a second one after the write", lists)
				}
			})
		}
	}
}

// A list that began before a write may lack what was written, so it serves nobody who came before or comes after.
func TestServiceThrowsAwayAListThatAWriteOvertook(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	api := &fakeAPI{keys: keysNamed(1), holding: func(_ context.Context, list int) error {
		if list == 1 {
			close(begun)
			<-release
		}
		return nil
	}}
	s := NewService(api, coveo.SystemClock{})
	got := make(chan map[string]*coveo.APIKey)
	go func() {
		keys, err := s.List(t.Context())
		if err != nil {
			t.Error(err)
		}
		got <- keys
	}()
	<-begun
	made, err := s.create(t.Context(), coveo.NewAPIKey{DisplayName: "new"})
	if err != nil {
		t.Fatal(err)
	}
	// Somebody who comes now does not wait for the obsolete list.
	if keys, err := s.List(t.Context()); err != nil || keys[made.ID] == nil {
		t.Errorf("a reader after the write got %v, %v", keys, err)
	}
	close(release)
	if keys := <-got; keys[made.ID] == nil {
		t.Error("the reader before the write got the obsolete list")
	}
	if keys, err := s.List(t.Context()); err != nil || keys[made.ID] == nil {
		t.Errorf("the obsolete list was kept: %v, %v", keys, err)
	}
}

func TestServiceWritesWithoutEndDoNotStarveReaders(t *testing.T) {
	api := &fakeAPI{keys: keysNamed(1)}
	s := NewService(api, coveo.SystemClock{})
	api.holding = func(context.Context, int) error {
		s.written()
		return nil
	}
	if key, err := s.Find(t.Context(), "key0"); err != nil || key == nil {
		t.Errorf("Find = %v, %v", key, err)
	}
	if lists, _ := api.counts(); lists != obsoleteLists {
		t.Errorf("%d lists, want %d", lists, obsoleteLists)
	}
}

func TestServiceDoesNotRememberErrors(t *testing.T) {
	api := &fakeAPI{keys: keysNamed(1), err: errors.New("not now")}
	s := NewService(api, coveo.SystemClock{})
	if _, err := s.Find(t.Context(), "key0"); err == nil {
		t.Fatal("no error")
	}
	api.err = nil
	if key, err := s.Find(t.Context(), "key0"); err != nil || key == nil {
		t.Errorf("Find = %v, %v", key, err)
	}
}

// The list runs on behalf of whoever came first. When that one gives up, the others ask again instead of failing with it.
func TestServiceOutlivesTheOneWhoAsked(t *testing.T) {
	begun := make(chan struct{})
	api := &fakeAPI{keys: keysNamed(1)}
	api.holding = func(ctx context.Context, list int) error {
		if list > 1 {
			return nil
		}
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}
	s := NewService(api, coveo.SystemClock{})
	impatient, giveUp := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() {
		if _, err := s.Find(impatient, "key0"); !errors.Is(err, context.Canceled) {
			t.Errorf("the one who gave up got %v", err)
		}
	})
	<-begun
	var patient sync.WaitGroup
	var found atomic.Int32
	for range 5 {
		patient.Go(func() {
			key, err := s.Find(t.Context(), "key0")
			if err != nil || key == nil {
				t.Errorf("a patient reader got %v, %v", key, err)
				return
			}
			found.Add(1)
		})
	}
	giveUp()
	first.Wait()
	patient.Wait()
	if lists, _ := api.counts(); lists != 2 || found.Load() != 5 {
		t.Errorf("%d lists for %d readers", lists, found.Load())
	}
}

func TestServiceFind(t *testing.T) {
	refused := &coveo.Error{Status: 403}
	for name, tc := range map[string]struct {
		listed bool // in the second list, when the first lacks it
		getErr error
		found  bool
		err    bool
		lists  int
	}{
		"the single read shows it":       {found: true, lists: 1},
		"404":                            {getErr: &coveo.Error{Status: 404}, lists: 1},
		"410":                            {getErr: &coveo.Error{Status: 410}, lists: 1},
		"403 and no list shows it":       {getErr: refused, lists: 2},
		"403 and the next list shows it": {getErr: refused, listed: true, found: true, lists: 2},
		"401 and the next list shows it": {getErr: &coveo.Error{Status: 401}, listed: true, found: true, lists: 2},
		"an error that says nothing about existence": {getErr: &coveo.Error{Status: 503}, err: true, lists: 1},
		"the token is unknown":                       {getErr: coveo.ErrTokenUnknown, err: true, lists: 1},
	} {
		t.Run(name, func(t *testing.T) {
			api := &fakeAPI{getErr: tc.getErr}
			api.holding = func(_ context.Context, list int) error {
				api.mu.Lock()
				defer api.mu.Unlock()
				if list == 1 && (tc.listed || tc.getErr == nil) {
					api.keys = keysNamed(1)
				}
				return nil
			}
			key, err := NewService(api, coveo.SystemClock{}).Find(t.Context(), "key0")
			if (key != nil) != tc.found || (err != nil) != tc.err {
				t.Errorf("Find = %v, %v", key, err)
			}
			if lists, gets := api.counts(); lists != tc.lists || gets != 1 {
				t.Errorf("%d lists and %d single reads, want %d and 1", lists, gets, tc.lists)
			}
		})
	}
}

// A key that is to be off goes off first; one that is to be on goes on last.
func TestServiceChangeOrder(t *testing.T) {
	for name, tc := range map[string]struct {
		wanted changes
		want   string
	}{
		"off": {changes{disable: true, settings: func(*coveo.APIKeyUpdate) error { return nil }}, "[disable get put]"},
		"on":  {changes{activate: true, settings: func(*coveo.APIKeyUpdate) error { return nil }}, "[get put activate]"},
	} {
		t.Run(name, func(t *testing.T) {
			api := &orderedAPI{fakeAPI: fakeAPI{keys: keysNamed(1)}}
			if _, err := NewService(api, coveo.SystemClock{}).change(t.Context(), "key0", tc.wanted); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(api.order); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

type orderedAPI struct {
	fakeAPI
	order []string
}

func (o *orderedAPI) did(what string) error {
	o.order = append(o.order, what)
	return nil
}

func (o *orderedAPI) GetAPIKey(ctx context.Context, id string) (*coveo.APIKey, error) {
	_ = o.did("get")
	return o.fakeAPI.GetAPIKey(ctx, id)
}

func (o *orderedAPI) UpdateAPIKey(context.Context, string, coveo.APIKeyUpdate) error {
	return o.did("put")
}
func (o *orderedAPI) ActivateAPIKey(context.Context, string) error { return o.did("activate") }
func (o *orderedAPI) DisableAPIKey(context.Context, string) error  { return o.did("disable") }
