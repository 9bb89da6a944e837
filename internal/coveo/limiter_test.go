// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// defaults are the rates of a provider block that sets none.
func defaults(c *coveo.Config) { c.RequestsPerSecond, c.AnalyticsRequestsPerSecond = 0, 0 }

func TestRates_BurstsAndLongRunRate(t *testing.T) {
	for name, test := range map[string]struct {
		edit     func(*coveo.Config)
		call     func(*testing.T, *coveo.Client)
		calls    int
		burst    int
		interval time.Duration
	}{
		"analytics by default":        {defaults, look, 200, 60, time.Second},
		"analytics at a slower pace":  {func(c *coveo.Config) { c.AnalyticsRequestsPerSecond = .25 }, look, 80, 60, 4 * time.Second},
		"analytics at a faster pace":  {func(c *coveo.Config) { c.AnalyticsRequestsPerSecond = 8 }, look, 200, 60, time.Second / 8},
		"platform by default":         {defaults, list, 100, 10, time.Second / 10},
		"platform at less than one":   {func(c *coveo.Config) { c.RequestsPerSecond = .5 }, list, 20, 1, 2 * time.Second},
		"platform at one and a half":  {func(c *coveo.Config) { c.RequestsPerSecond = 1.6 }, list, 20, 2, time.Second * 10 / 16},
		"platform at a thousand":      {func(c *coveo.Config) { c.RequestsPerSecond = 1000 }, list, 1500, 1000, time.Millisecond},
		"analytics with ten workers":  {defaults, parallel(look, 10), 20, 60, time.Second},
		"platform with a dozen calls": {defaults, parallel(list, 12), 10, 10, time.Second / 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, client := scripted(t, func(_ int, r *http.Request) reply {
					if strings.Contains(r.URL.Path, "/users/") {
						return answered(200, `{"stats":{}}`)
					}
					return answered(200, "[]")
				}, test.edit)
				for range test.calls {
					test.call(t, client)
				}
				requests := s.requests()
				slices.SortFunc(requests, func(a, b sent) int { return int(a.after - b.after) })
				for i, r := range requests {
					want := time.Duration(max(i+1-test.burst, 0)) * test.interval
					if diff := (r.after - want).Abs(); diff > time.Microsecond {
						t.Fatalf("request %d was sent after %s, want %s", i+1, r.after, want)
					}
				}
			})
		})
	}
}

func look(t *testing.T, c *coveo.Client) {
	if _, err := c.UserOverview(t.Context(), alice); err != nil {
		t.Error(err)
	}
}

func list(t *testing.T, c *coveo.Client) {
	if _, err := c.ListAPIKeys(t.Context()); err != nil {
		t.Error(err)
	}
}

func parallel(call func(*testing.T, *coveo.Client), workers int) func(*testing.T, *coveo.Client) {
	return func(t *testing.T, c *coveo.Client) {
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() { call(t, c) })
		}
		wg.Wait()
	}
}

func TestRates_PlanesDoNotShareOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, func(_ int, r *http.Request) reply {
			if r.Method == http.MethodDelete {
				return answered(429, "{}", "Retry-After", "200")
			}
			return answered(200, "[]")
		}, func(c *coveo.Config) { c.MaxRetries = 0 })
		_, err := client.DeleteUserData(t.Context(), alice)
		equal(t, "refused", err != nil, true)
		list(t, client)
		equal(t, "the platform call waited", s.requests()[1].after, time.Duration(0))
	})
}

func TestRates_TooManyRequestsSlowsEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, func(n int, _ *http.Request) reply {
			if n == 1 {
				return answered(429, "{}", "Retry-After", "20")
			}
			return answered(200, `{"stats":{}}`)
		}, defaults)
		var wg sync.WaitGroup
		wg.Go(func() { look(t, client) })
		synctest.Wait()
		for range 5 {
			// These never met the refusal, and 59 turns are free.
			wg.Go(func() { look(t, client) })
		}
		wg.Wait()
		for i, r := range s.requests()[1:] {
			// One after the other: the burst is over, and nobody storms the gate when it opens.
			equal(t, fmt.Sprint("request ", i+2), r.after, time.Duration(20+i)*time.Second)
		}
	})
}

func TestRates_WhoWaitedForATurnDoesNotStormTheGateWhenItOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, func(n int, _ *http.Request) reply {
			if n == 61 {
				return answered(429, "{}", "Retry-After", "30")
			}
			return answered(200, `{"stats":{}}`)
		}, defaults)
		var wg sync.WaitGroup
		for range 70 {
			wg.Go(func() { look(t, client) })
		}
		wg.Wait()
		requests := s.requests()
		equal(t, "requests", len(requests), 71)
		for i := 61; i < len(requests); i++ {
			if gap := requests[i].after - requests[i-1].after; gap < time.Second {
				t.Errorf("request %d followed its predecessor after %s", i+1, gap)
			}
		}
		if first := requests[61].after; first < 31*time.Second {
			t.Errorf("the first request after the refusal was sent after %s", first)
		}
	})
}

func TestRates_AGateThatStaysShutForTooLongFailsEverybodyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, always(429, "{}", "Retry-After", "3600"), defaults)
		for range 50 {
			_, err := client.DeleteUserData(t.Context(), alice)
			contains(t, fmt.Sprint(err), "429", "asks to wait 1h0m0s", "DELETE /v15/users/{user}/alldata")
			equal(t, "cancelled", coveo.IsCanceled(err), false)
			equal(t, "outcome unknown", coveo.IsOutcomeUnknown(err), false)
		}
		equal(t, "requests", len(s.requests()), 1)
		equal(t, "time", time.Since(s.start), time.Duration(0))
		time.Sleep(56 * time.Minute)
		_, err := client.DeleteUserData(t.Context(), alice)
		equal(t, "refused again", err != nil, true)
		equal(t, "sent when the gate opened", s.requests()[1].after, time.Hour)
	})
}

func TestRates_ACallThatGivesUpFreesItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, always(200, "[]"), func(c *coveo.Config) { c.RequestsPerSecond = .1 })
		list(t, client)
		for range 20 {
			ctx, cancel := withTimeout(t, time.Second)
			_, err := client.ListAPIKeys(ctx)
			cancel()
			equal(t, "gave up", coveo.IsCanceled(err), true)
		}
		list(t, client)
		equal(t, "second request", s.requests()[1].after, 10*time.Second)
	})
}

// The organization's own limit is 5 calls a second here, far below what the client would send; still nothing fails.
func TestRates_SurviveAnOrganizationThatAllowsLess(t *testing.T) {
	for _, form := range []string{"seconds", "date", ""} {
		clock := newPatient()
		server, client := simulated(t, simulator.Options{Now: clock.Now, RateLimit: simulator.RateLimit{Requests: 5, RetryAfter: form}},
			func(c *coveo.Config) { c.Clock, c.AnalyticsRequestsPerSecond = clock, 100 })
		for range 40 {
			look(t, client)
		}
		refused := 0
		for _, r := range server.Requests() {
			if r.Status == 429 {
				refused++
			}
		}
		equal(t, "somebody was refused with "+form, refused > 0, true)
	}
}
