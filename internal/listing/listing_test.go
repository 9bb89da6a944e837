// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package listing_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/listing"
)

func TestShared_ManyReadersCauseOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		s := listing.New("list", func(context.Context) (int64, error) {
			<-time.After(time.Second)
			return requests.Add(1), nil
		})
		var readers sync.WaitGroup
		for range 50 {
			readers.Go(func() {
				if list, err := s.Get(t.Context()); list != 1 || err != nil {
					t.Errorf("got %d, %v", list, err)
				}
			})
		}
		readers.Wait()
		if n := requests.Load(); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

func TestShared_AWriteMakesTheListOnTheWayObsolete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		s := listing.New("list", func(context.Context) (int64, error) {
			n := requests.Add(1)
			<-time.After(time.Second)
			return n, nil
		})
		var list int64
		var err error
		go func() { list, err = s.Get(t.Context()) }()
		synctest.Wait()
		s.Written()
		<-time.After(time.Minute)
		synctest.Wait()
		if list != 2 || err != nil {
			t.Errorf("got list %d, %v, want the second", list, err)
		}
		if again, _ := s.Get(t.Context()); again != 2 {
			t.Errorf("got list %d, want the second", again)
		}
		s.Written()
		if again, _ := s.Get(t.Context()); again != 3 {
			t.Errorf("got list %d after a write, want the third", again)
		}
	})
}

// A reader among constant writes gets a list in the end.
func TestShared_WritesDoNotStarveAReader(t *testing.T) {
	var s *listing.Shared[int]
	requests := 0
	s = listing.New("list", func(context.Context) (int, error) {
		requests++
		s.Written()
		return requests, nil
	})
	if _, err := s.Get(t.Context()); err != nil || requests != 3 {
		t.Errorf("%v after %d requests", err, requests)
	}
}

func TestShared_ErrorsAreNotRemembered(t *testing.T) {
	fails := true
	s := listing.New("list", func(context.Context) (string, error) {
		if fails {
			return "", errors.New("no answer")
		}
		return "list", nil
	})
	if _, err := s.Get(t.Context()); err == nil {
		t.Error("no error")
	}
	fails = false
	if list, err := s.Get(t.Context()); list != "list" || err != nil {
		t.Errorf("got %q, %v", list, err)
	}
}

// Who shares a request that ends because its first reader's time is up asks anew.
func TestShared_AnotherReadersTimeIsNotOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := listing.New("list groups", func(ctx context.Context) (string, error) {
			select {
			case <-time.After(time.Minute):
				return "list", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		})
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ended := make(chan error, 1)
		go func() {
			_, err := s.Get(hurried)
			ended <- err
		}()
		synctest.Wait()
		list, err := s.Get(t.Context())
		if list != "list" || err != nil {
			t.Errorf("got %q, %v", list, err)
		}
		if err := <-ended; !coveo.IsCanceled(err) {
			t.Errorf("the hurried reader got %v", err)
		}
	})
}
