// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// gate lets requests of one plane through at its long-run rate. When Coveo answers 429, the gate closes for everyone
// until the time it named: without that, ten parallel workers would each run into the refusal of their own.
type gate struct {
	clock Clock

	mu      sync.Mutex
	limiter *rate.Limiter
	until   time.Time
}

func newGate(clock Clock, perSecond float64, burst int) *gate {
	return &gate{clock: clock, limiter: rate.NewLimiter(rate.Limit(perSecond), max(burst, 1))}
}

// platformBurst allows one second's worth of platform calls at once.
func platformBurst(perSecond float64) int { return int(math.Max(1, math.Ceil(perSecond))) }

// analyticsBurst lets one small run pass without waiting, whatever the long-run rate.
const analyticsBurst = 60

// closedError means that the gate stays closed for longer than any call may wait.
type closedError struct{ left time.Duration }

func (e *closedError) Error() string { return "closed for " + e.left.String() }

// wait returns when a request may be sent. It gives up at once when that would be after the context's deadline.
func (g *gate) wait(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		closed, delay, reservation := g.reserve()
		switch {
		case closed > retryBudget:
			return &closedError{closed}
		case max(closed, delay) <= 0:
			return nil
		case exceedsDeadline(ctx, max(closed, delay)):
			g.release(reservation)
			return context.DeadlineExceeded
		}
		if err := g.clock.Wait(ctx, max(closed, delay)); err != nil {
			g.release(reservation)
			return err
		}
		if closed <= 0 && !g.closed() {
			return nil
		}
		// Whoever waited for a closed gate, or found it closed when its turn came, takes a new turn: else all who waited would
		// be sent at once the moment it opens.
	}
}

// reserve tells how long the gate stays closed or, where it is open, takes the next turn and tells when that is.
func (g *gate) reserve() (closed, delay time.Duration, reservation *rate.Reservation) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if closed = g.until.Sub(now); closed > 0 {
		return closed, 0, nil
	}
	reservation = g.limiter.ReserveN(now, 1)
	return 0, reservation.DelayFrom(now), reservation
}

func (g *gate) closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until.After(g.clock.Now())
}

func (g *gate) release(reservation *rate.Reservation) {
	if reservation == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	reservation.CancelAt(g.clock.Now())
}

// pause closes the gate for d and ends bursts for the rest of the run: the server just said that they are too much.
func (g *gate) pause(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if until := now.Add(d); until.After(g.until) {
		g.until = until
	}
	g.limiter.SetBurstAt(now, 1)
}

// exceedsDeadline compares with the machine's clock whatever clock is injected, because contexts end by it.
func exceedsDeadline(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && d > time.Until(deadline)
}
