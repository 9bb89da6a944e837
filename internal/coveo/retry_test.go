// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// failures are ways in which one attempt can fail.
func failures() map[string]func(*http.Request) reply {
	status := func(code int) func(*http.Request) reply {
		return func(*http.Request) reply { return answered(code, `{"message":"no"}`) }
	}
	broken := func(err error) func(*http.Request) reply {
		return func(*http.Request) reply { return reply{err: err} }
	}
	return map[string]func(*http.Request) reply{
		"400": status(400), "401": status(401), "403": status(403), "404": status(404), "409": status(409), "412": status(412), "429": status(429),
		"500": status(500), "501": status(501), "502": status(502), "503": status(503), "504": status(504), "302": status(302), "308": status(308),
		"cut": broken(io.ErrUnexpectedEOF), "reset": broken(&net.OpError{Op: "read", Err: syscall.ECONNRESET}),
		"connection refused": broken(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}),
		"no such host":       broken(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}),
		"proxy refused":      broken(&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}),
		"certificate":        broken(fmt.Errorf("tls: %w", x509.UnknownAuthorityError{})),
		"hangs": func(r *http.Request) reply {
			<-r.Context().Done()
			return reply{err: r.Context().Err()}
		},
	}
}

func TestRetries_OnlyWhatAsksForNothingMoreIsSentAgain(t *testing.T) {
	const maxRetries = 3
	repeatedAlways := map[string]bool{"429": true}
	repeatedUnlessPOST := map[string]bool{"502": true, "503": true, "504": true, "cut": true, "reset": true, "hangs": true, "connection refused": true, "no such host": true, "proxy refused": true}
	lostPOST := map[string]bool{"500": true, "501": true, "502": true, "503": true, "504": true, "cut": true, "reset": true, "hangs": true}
	for name, failure := range failures() {
		for _, op := range operations() {
			t.Run(name+"/"+op.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, client := scripted(t, func(_ int, r *http.Request) reply { return failure(r) })
					err := op.call(t.Context(), client)
					want := 1
					if repeatedAlways[name] || repeatedUnlessPOST[name] && op.repeatable() {
						want += maxRetries
					}
					confirming := 0
					for _, request := range s.requests() {
						if request.url != "https://platform.example.com"+op.path {
							confirming++
						}
					}
					equal(t, "attempts", len(s.requests())-confirming, want)
					deletes := op.kind == simulator.DeleteAPIKey || op.kind == simulator.DeleteGroup || op.kind == simulator.RemoveGroupMember
					if deletes && name == "404" {
						equal(t, "deleting what is gone", err, nil)
						return
					}
					var e *coveo.Error
					if !errors.As(err, &e) {
						t.Fatalf("got %v", err)
					}
					equal(t, "attempts in the error", e.Attempts, want)
					equal(t, "outcome unknown", coveo.IsOutcomeUnknown(err), !op.repeatable() && lostPOST[name])
					equal(t, "cancelled", coveo.IsCanceled(err), false)
				})
			})
		}
	}
}

func TestRetries_StopWithTheFirstSuccess(t *testing.T) {
	for name, failure := range failures() {
		for _, op := range operations() {
			if name != "429" && (name != "503" || !op.repeatable()) {
				continue
			}
			t.Run(name+"/"+op.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, client := scripted(t, func(n int, r *http.Request) reply {
						if n <= 2 {
							return failure(r)
						}
						return answered(op.status, op.body)
					})
					equal(t, "error", op.call(t.Context(), client), nil)
					equal(t, "requests", len(s.requests()), 3)
				})
			})
		}
	}
}

func TestRetries_MaxRetriesBoundsThem(t *testing.T) {
	for maxRetries, want := range map[int]int{-1: 1, 0: 1, 1: 2, 5: 6, 20: 21} {
		for _, status := range []int{429, 503} {
			synctest.Test(t, func(t *testing.T) {
				s, client := scripted(t, always(status, "{}", "Retry-After", "1"), func(c *coveo.Config) { c.MaxRetries = maxRetries })
				_, err := client.DeleteUserData(t.Context(), alice)
				equal(t, "failed", err != nil, true)
				equal(t, fmt.Sprint(status, " with ", maxRetries), len(s.requests()), want)
			})
		}
	}
}

func TestRetries_EachBodyIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, func(n int, _ *http.Request) reply {
			if n < 3 {
				return answered(429, "{}")
			}
			return answered(201, keyBody)
		})
		if _, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{DisplayName: "dsr"}); err != nil {
			t.Fatal(err)
		}
		for _, r := range s.requests() {
			equal(t, "body", r.body, s.requests()[0].body)
			contains(t, r.body, `"displayName":"dsr"`)
		}
	})
}

func TestBackoff_GrowsWithJitterAndRetryAfterReplacesIt(t *testing.T) {
	seconds := func(values ...float64) []time.Duration {
		out := []time.Duration{0}
		for _, v := range values {
			out = append(out, out[len(out)-1]+time.Duration(v*float64(time.Second)))
		}
		return out
	}
	for name, test := range map[string]struct {
		status int
		header func() string
		jitter float64
		want   []time.Duration
	}{
		"503, least jitter":          {503, nil, 0, seconds(.25, .5, 1, 2, 4, 8, 15, 15)},
		"503, half jitter":           {503, nil, .5, seconds(.375, .75, 1.5, 3, 6, 12, 22.5, 22.5)},
		"429 without a header":       {429, nil, 0, seconds(.25, .5, 1, 2, 4, 8, 15, 15)},
		"429, seconds":               {429, func() string { return "7" }, 0, seconds(7, 7, 7, 7, 7, 7, 7, 7)},
		"429, a date":                {429, func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) }, 0, seconds(9, 9, 9, 9, 9, 9, 9, 9)},
		"429, at once is no pace":    {429, func() string { return "0" }, 0, seconds(.25, .5, 1, 2, 4, 8, 15, 15)},
		"429, a date that is over":   {429, func() string { return time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat) }, 0, seconds(.25, .5, 1, 2, 4, 8, 15, 15)},
		"429, negative":              {429, func() string { return "-5" }, 0, seconds(.25, .5, 1, 2, 4, 8, 15, 15)},
		"429, a header of nonsense":  {429, func() string { return "soon" }, 0, seconds(.25, .5, 1, 2, 4, 8, 15, 15)},
		"503 does not read a header": {503, func() string { return "100" }, 0, seconds(.25, .5, 1, 2, 4, 8, 15, 15)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, client := scripted(t, func(int, *http.Request) reply {
					if test.header != nil {
						return answered(test.status, "{}", "Retry-After", test.header())
					}
					return answered(test.status, "{}")
				}, func(c *coveo.Config) { c.MaxRetries, c.Jitter = 8, func() float64 { return test.jitter } })
				_, err := client.ListAPIKeys(t.Context())
				equal(t, "failed", err != nil, true)
				var at []time.Duration
				for _, r := range s.requests() {
					at = append(at, r.after)
				}
				equal(t, "times", at, test.want)
			})
		})
	}
}

func TestRetries_GiveUpEarlyWhereTheWaitIsTooLong(t *testing.T) {
	for name, test := range map[string]struct {
		status     int
		retryAfter string
		deadline   time.Duration
		requests   int
		says       string // "" where Coveo asked for nothing
	}{
		"429 beyond the deadline":                    {429, "60", 10 * time.Second, 1, "asks to wait 1m0s"},
		"429 beyond the budget":                      {429, "301", 0, 1, "asks to wait 5m1s"},
		"429 of a year":                              {429, "31536000", 0, 1, "asks to wait 8760h0m0s"},
		"429 of more than fits":                      {429, "99999999999999999", 0, 1, "asks to wait"},
		"429 beyond the budget in sum":               {429, "140", 0, 3, "asks to wait 2m20s"},
		"429 within the deadline":                    {429, "4", 10 * time.Second, 3, "asks to wait 4s"},
		"429 without a word, beyond the deadline":    {429, "", 200 * time.Millisecond, 1, ""},
		"503 beyond the deadline is nobody's asking": {503, "", time.Second, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, client := scripted(t, always(test.status, "{}", "Retry-After", test.retryAfter), func(c *coveo.Config) { c.MaxRetries = 20 })
				ctx, began := t.Context(), time.Now()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				_, err := client.DeleteUserData(ctx, alice)
				var e *coveo.Error
				if !errors.As(err, &e) {
					t.Fatal(err)
				}
				equal(t, "status", e.Status, test.status)
				equal(t, "requests", len(s.requests()), test.requests)
				equal(t, "somebody asked", e.Wait > 0, test.says != "")
				contains(t, err.Error(), test.says)
				if test.deadline > 0 && time.Since(began) >= test.deadline {
					t.Error("it waited for its deadline")
				}
			})
		})
	}
}

func TestRequestTimeout_EndsAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, func(n int, r *http.Request) reply {
			if n == 1 {
				<-r.Context().Done()
				return reply{err: fmt.Errorf("the attempt ended: %w", r.Context().Err())}
			}
			return answered(202, "{}")
		}, func(c *coveo.Config) { c.RequestTimeout = 7 * time.Second })
		_, err := client.DeleteUserData(t.Context(), alice)
		equal(t, "error", err, nil)
		equal(t, "second attempt", s.requests()[1].after, 7*time.Second+250*time.Millisecond)
	})
	synctest.Test(t, func(t *testing.T) {
		_, client := scripted(t, failuresHang, func(c *coveo.Config) { c.RequestTimeout, c.MaxRetries = 7*time.Second, 0 })
		_, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{})
		contains(t, fmt.Sprint(err), "no answer within 7s")
		equal(t, "cancelled", coveo.IsCanceled(err), false)
		equal(t, "outcome unknown", coveo.IsOutcomeUnknown(err), true)
	})
}

func failuresHang(_ int, r *http.Request) reply {
	<-r.Context().Done()
	return reply{err: r.Context().Err()}
}

func TestRequestTimeout_OfAServerThatIsSlow(t *testing.T) {
	server, client := simulated(t, simulator.Options{}, func(c *coveo.Config) { c.RequestTimeout = 500 * time.Millisecond })
	server.Log(alice, simulator.Search, 1)
	server.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Delay: time.Minute, Times: 1})
	acceptance, err := client.DeleteUserData(t.Context(), alice)
	equal(t, "outcome", fmt.Sprint(acceptance.Known, err), "true <nil>")
	equal(t, "calls", server.Calls(simulator.DeleteUserData), 2)
}

func TestCancellation_EndsEveryWaitPromptly(t *testing.T) {
	hour := 3600.0
	for name, test := range map[string]struct {
		answer   func(int, *http.Request) reply
		edit     func(*coveo.Config)
		before   int // calls that use up what is free
		requests int
		says     string
	}{
		"while it waits for its turn": {always(200, `{"stats":{}}`), func(c *coveo.Config) { c.AnalyticsRequestsPerSecond = 1 / hour }, 60, 60, "waiting for its turn"},
		"while it waits to try again": {always(503, "{}"), func(c *coveo.Config) { c.Jitter = func() float64 { return 1000 } }, 0, 1, "waiting to try again"},
		"while a 429 shuts the gate":  {always(429, "{}", "Retry-After", "250"), func(*coveo.Config) {}, 0, 1, "waiting for its turn"},
		"while a request is under way": {failuresHang, func(c *coveo.Config) {
			c.RequestTimeout = time.Hour
		}, 0, 1, "under way"},
	} {
		for kind, makeContext := range map[string]func(context.Context) (context.Context, context.CancelFunc){
			"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(100*time.Millisecond, cancel)
				return ctx, cancel
			},
			"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 100*time.Millisecond)
			},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, client := scripted(t, test.answer, test.edit)
					for range test.before {
						if _, err := client.UserOverview(t.Context(), alice); err != nil {
							t.Fatal(err)
						}
					}
					began := time.Now()
					ctx, cancel := makeContext(t.Context())
					defer cancel()
					_, err := client.UserOverview(ctx, alice)
					if kind == "cancelled" || name == "while a request is under way" {
						contains(t, fmt.Sprint(err), test.says)
						equal(t, "cancelled", coveo.IsCanceled(err), true)
						equal(t, "waited", time.Since(began), 100*time.Millisecond)
					} else {
						equal(t, "waited", time.Since(began), time.Duration(0))
					}
					equal(t, "failed", err != nil, true)
					equal(t, "requests", len(s.requests()), test.requests)
				})
			})
		}
	}
}

func TestCancellation_BeforeAnythingSendsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, client := scripted(t, always(200, "{}"))
	for _, op := range operations() {
		err := op.call(ctx, client)
		equal(t, op.name+" is cancelled", coveo.IsCanceled(err), true)
		equal(t, op.name+" may have happened", coveo.IsOutcomeUnknown(err), false)
	}
	equal(t, "requests", len(s.requests()), 0)
}

func TestCancellation_OfAPOSTUnderWayLeavesItsOutcomeOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := scripted(t, failuresHang)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := client.CreateAPIKey(ctx, coveo.NewAPIKey{})
		equal(t, "cancelled", coveo.IsCanceled(err), true)
		equal(t, "outcome unknown", coveo.IsOutcomeUnknown(err), true)
	})
}
