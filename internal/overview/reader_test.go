// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package overview_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/overview"
)

type counter struct {
	calls atomic.Int64
	fail  atomic.Bool
}

func (c *counter) UserOverview(_ context.Context, id string) (coveo.Overview, error) {
	n := c.calls.Add(1)
	if c.fail.Load() {
		return coveo.Overview{}, errors.New("no")
	}
	return coveo.Overview{Found: true, Total: n, Stats: map[string]int64{id: n}}, nil
}

func TestReader_RecentSharesALookAndFreshTakesAnother(t *testing.T) {
	var client counter
	reader := overview.NewReader(&client)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if o, err := reader.Recent(t.Context(), "a"); err != nil || o.Total != 1 {
				t.Error(o, err)
			}
		})
	}
	wg.Wait()
	for step, want := range []int64{2, 2, 3} {
		look := reader.Recent
		if step != 1 {
			look = reader.Fresh
		}
		if o, err := look(t.Context(), "a"); err != nil || o.Total != want {
			t.Errorf("step %d: %v %v", step, o, err)
		}
	}
	client.fail.Store(true)
	if _, err := reader.Recent(t.Context(), "b"); err == nil {
		t.Error("a failed look is a look")
	}
	client.fail.Store(false)
	if o, err := reader.Recent(t.Context(), "b"); err != nil || o.Total != 5 {
		t.Error(o, err)
	}
}

func TestSum(t *testing.T) {
	got := overview.Sum([]coveo.Overview{
		{Found: true, Total: 3, Stats: map[string]int64{"search": 2, "click": 1}}, {}, {Found: true, Total: 4, Stats: map[string]int64{"search": 4}},
	})
	if fmt.Sprint(got) != "{true 7 map[click:1 search:6]}" {
		t.Error(got)
	}
	if none := overview.Sum(nil); none.Found || none.Stats == nil {
		t.Error(none)
	}
}
