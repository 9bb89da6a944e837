// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxAnswer bounds what is read of one answer. A list of some thousand keys is a few megabytes.
const maxAnswer = 64 << 20

const htmlAnswer = "answered with an HTML page instead of JSON; a proxy or firewall may stand between"

const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
)

// call carries the arguments of one operation.
type call struct {
	segments map[string]string
	query    url.Values
	in       any // sent as JSON when not nil
	out      any // decoded from JSON when not nil
	secrets  []string
	// raw makes any status below 400 a success whose body and headers the caller reads, as for a file.
	raw bool
}

// answer is what one attempt brought.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	bodyErr error
	err     error // no status line came
}

func (c *Client) do(ctx context.Context, op operation, args call) error {
	if c.tokenUnknown {
		return ErrTokenUnknown
	}
	var payload []byte
	if args.in != nil {
		var err error
		if payload, err = json.Marshal(args.in); err != nil {
			return err
		}
	}
	target := op.url(c.bases[op.plane], c.organization, args.segments, args.query)
	return c.attempts(ctx, op, args, func() answer { return c.once(ctx, op, target, payload) })
}

// attempts sends a request, and again where that is safe, until it has an answer that counts.
func (c *Client) attempts(ctx context.Context, op operation, args call, send func() answer) error {
	failure := &Error{Operation: op.name, Method: op.method, Path: op.path, Needs: op.needs}
	var waited time.Duration
	for attempt := 1; ; attempt++ {
		if err := c.gates[op.plane].wait(ctx); err != nil {
			failure.Attempts = attempt - 1
			var closed *closedError
			if errors.As(err, &closed) {
				failure.Status, failure.Wait = http.StatusTooManyRequests, closed.left
				return failure
			}
			failure.err, failure.cause = err, describeContext(err, "while waiting for its turn under the rate limit")
			return failure
		}
		started := c.clock.Now()
		got := send()
		retryable := c.judge(ctx, op, args, got, failure)
		failure.Attempts = attempt
		c.log(ctx, Entry{
			Operation: op.name, Method: op.method, Path: op.path, Status: got.status, Attempt: attempt,
			Duration: c.clock.Now().Sub(started), RequestID: failure.RequestID, Outcome: outcome(retryable, failure),
		})
		if failure.Status == 0 && failure.cause == "" {
			return nil
		}
		wait, asked := c.backoff(attempt), time.Duration(0)
		if got.status == http.StatusTooManyRequests {
			if asked = retryAfter(got.header, c.clock.Now()); asked > 0 {
				wait = asked
			}
			c.gates[op.plane].pause(wait)
		}
		if !retryable || attempt > c.maxRetries {
			return failure
		}
		if waited+wait > retryBudget || exceedsDeadline(ctx, wait) {
			failure.Wait = asked
			return failure
		}
		waited += wait
		if got.status != http.StatusTooManyRequests {
			// After a 429 the closed gate is the wait.
			if err := c.clock.Wait(ctx, wait); err != nil {
				failure.err, failure.cause = err, describeContext(err, "while waiting to try again")
				return failure
			}
		}
	}
}

func (c *Client) once(ctx context.Context, op operation, target string, payload []byte) answer {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var body io.Reader
	if payload != nil {
		body = bytes.NewReader(payload)
	}
	request, err := http.NewRequestWithContext(ctx, op.method, target, body)
	if err != nil {
		return answer{err: err}
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Accept", "application/json")
	if payload != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.userAgent != "" {
		request.Header.Set("User-Agent", c.userAgent)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return answer{status: response.StatusCode, header: response.Header, body: content, bodyErr: err}
}

// judge fills failure with what one attempt means, and tells whether another may follow. A failure without status and cause
// is a success.
func (c *Client) judge(ctx context.Context, op operation, args call, got answer, failure *Error) (retryable bool) {
	*failure = Error{Operation: op.name, Method: op.method, Path: op.path, Needs: op.needs}
	repeatable := op.method != http.MethodPost
	secrets := guarded(append([]string{c.token}, args.secrets...)...)
	failure.RequestID = requestID(got.header.Get("X-Request-ID"), secrets)

	if got.err != nil {
		failure.OutcomeUnknown = !repeatable && !neverSent(got.err)
		if err := ctx.Err(); err != nil {
			failure.err, failure.cause = err, describeContext(err, "while the request was under way")
			return false
		}
		failure.cause = describeTransport(got.err, c.timeout)
		return repeatable && !untrusted(got.err)
	}
	switch {
	case args.raw && got.status < 400:
		if got.status < 300 && looksLikeHTML(got.body, got.header) {
			failure.Status, failure.cause = got.status, htmlAnswer
		}
		return false
	case got.status >= 200 && got.status < 300:
		return judgeSuccess(ctx, args, got, failure, repeatable)
	case got.status >= 300 && got.status < 400:
		failure.Status = got.status
		failure.cause = "answered with a redirect, which is not followed so that the token reaches no other host; check platform_url and analytics_url"
		return false
	}
	failure.Status = got.status
	failure.readFailure(got.body, got.header, op.personal, secrets)
	switch got.status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		failure.OutcomeUnknown = !repeatable
		return repeatable
	}
	failure.OutcomeUnknown = !repeatable && got.status >= 500
	return false
}

func judgeSuccess(ctx context.Context, args call, got answer, failure *Error, repeatable bool) bool {
	lost := func(cause string, again bool) bool {
		failure.Status, failure.cause = got.status, cause
		failure.OutcomeUnknown = !repeatable
		return again && repeatable
	}
	if args.out == nil {
		// The status says all there is to say, even where the body was cut or is empty. A page says the opposite: it was not
		// Coveo who answered.
		if looksLikeHTML(got.body, got.header) {
			return lost(htmlAnswer, false)
		}
		// Coveo documents 202 and 204. With another status, words that are no JSON come from somebody else.
		if content := bytes.TrimSpace(got.body); got.status == http.StatusOK && len(content) > 0 && !json.Valid(content) {
			return lost("answered with text instead of JSON; a proxy or firewall may stand between", false)
		}
		return false
	}
	if got.bodyErr != nil {
		if err := ctx.Err(); err != nil {
			failure.err = err
			return lost(describeContext(err, "while the answer was read"), false)
		}
		return lost("the connection was cut before the answer was complete", true)
	}
	if content := bytes.TrimSpace(got.body); len(content) == 0 || string(content) == "null" {
		return lost("answered with an empty body", false)
	}
	if looksLikeHTML(got.body, got.header) {
		return lost(htmlAnswer, false)
	}
	if err := json.Unmarshal(got.body, args.out); err != nil {
		// The text of a JSON error quotes the answer, which may hold a key's value.
		return lost("answered with JSON of another form than documented", false)
	}
	return false
}

func (c *Client) backoff(attempt int) time.Duration {
	d := min(firstBackoff<<min(attempt-1, 10), maxBackoff)
	return d/2 + time.Duration(c.jitter()*float64(d/2))
}

// retryAfter reads the header in both forms that HTTP allows. It is 0 where the header is absent, unreadable or over: at once
// is no pace to be told off at, so the caller falls back to its own.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, math.MaxInt32)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

func describeContext(err error, when string) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the time allowed for it ended " + when
	}
	return "it was cancelled " + when
}

func outcome(retryable bool, failure *Error) string {
	switch {
	case failure.Status == 0 && failure.cause == "":
		return "ok"
	case retryable:
		return "failed, may be tried again"
	case failure.OutcomeUnknown:
		return "failed, outcome unknown"
	}
	return "failed"
}
