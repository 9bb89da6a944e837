// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// largestBody is more than any documented request; the platform's own limit is not published.
const largestBody = 4 << 20

// exchange is one request on its way through the server.
type exchange struct {
	request    *http.Request
	body       []byte
	query      url.Values
	route      *route
	parameters map[string]string
	requestID  string
	record     *Request
	caller     caller
	fault      *Fault
	now        time.Time
	// recording numbers the request among those that recorded something; 0 until it does.
	recording int
}

// nulls says whether the answer writes unset fields as null.
func (x *exchange) nulls(o *Organization) bool {
	return o.options.Readings.ExplicitNulls || x.fault != nil && x.fault.Nulls
}

// analytics says whether Usage Analytics answers, whose errors differ from the platform's.
func (x *exchange) analytics() bool {
	path := x.request.URL.EscapedPath()
	return strings.HasPrefix(path, "/rest/ua/") || strings.HasPrefix(path, "/rest/v15/")
}

// ServeHTTP answers a request as the organization.
func (o *Organization) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.EscapedPath(), controlPrefix) {
		o.serveControl(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody+1))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	x := o.receive(r, body)
	w.Header().Set("X-Request-ID", x.requestID)
	allowOrigin(w.Header(), r)
	if !wait(r.Context(), o.options.Latency) {
		return
	}
	if x.fault != nil && x.fault.CutBefore {
		if wait(r.Context(), x.fault.Delay) {
			cut(w)
		}
		return
	}
	answered := o.answer(x)
	if x.fault != nil && !wait(r.Context(), x.fault.Delay) {
		return
	}
	o.send(r.Context(), w, x, answered)
}

// receive records a request: whatever becomes of it, it has reached the server.
func (o *Organization) receive(r *http.Request, body []byte) *exchange {
	matched, parameters := o.lookup(r)
	x := &exchange{request: r, body: body, route: matched, parameters: parameters, query: r.URL.Query()}

	o.mu.Lock()
	defer o.mu.Unlock()
	x.requestID = o.uuid()
	x.now = o.now()
	x.record = &Request{
		Method:    r.Method,
		Operation: Unknown,
		Path:      r.URL.EscapedPath(),
		UserID:    parameters["userId"],
		KeyID:     parameters["apiKeyId"],
		GroupID:   parameters["groupId"],
		Token:     NoToken,
		Time:      x.now,
	}
	if matched != nil {
		x.record.Operation = matched.operation
	} else {
		o.problems = append(o.problems, fmt.Sprintf("unknown request: %s %s", r.Method, r.URL.EscapedPath()))
	}
	o.journal.receive(x.record)
	for segment := range strings.SplitSeq(r.URL.EscapedPath(), "/") {
		if decoded, err := url.PathUnescape(segment); err == nil {
			o.journal.see(decoded)
		}
	}
	for _, values := range x.query {
		o.journal.see(values...)
	}
	x.fault = o.dueFault(x.record)
	x.record.Faulted = x.fault != nil
	return x
}

// answer decides what a request gets, and does what it asks for.
func (o *Organization) answer(x *exchange) answer {
	x.caller.token = bearer(x)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.journal.see(x.caller.token)
	o.disableUnused(x.now)
	switch {
	case x.route == nil:
		return x.refused(refuse(http.StatusNotImplemented, "NOT_IMPLEMENTED",
			"The simulator does not know %s %s.", x.request.Method, x.request.URL.EscapedPath()))
	case x.fault != nil && x.fault.Status != 0:
		return x.refused(refuse(x.fault.Status, errorCode(x.fault.Status), "This failure was injected%s.", x.about()))
	}
	if problem := o.admit(x); problem != nil {
		return x.refused(problem)
	}
	return x.route.handle(o, x)
}

// about quotes the user ID in the errors of a user's calls, as services do; clients must not pass it on.
func (x *exchange) about() string {
	if userID := x.parameters["userId"]; userID != "" {
		return fmt.Sprintf(" for user '%s'", userID)
	}
	return ""
}

func (o *Organization) send(ctx context.Context, w http.ResponseWriter, x *exchange, answered answer) {
	body := encode(answered.body)
	o.check(ctx, x, answered, body)

	contentType := "application/json"
	header := w.Header()
	maps.Copy(header, answered.header)
	if fault := x.fault; fault != nil {
		body, contentType = fault.spoil(body, contentType)
		if fault.RetryAfter != "" {
			header.Set("Retry-After", fault.RetryAfter)
		}
		if fault.HTML && answered.status == http.StatusForbidden {
			// The header by which Coveo's own client knows its web application firewall.
			header.Set("X-Coveo-Waf-Action", "block")
		}
		if fault.CutAfter {
			cut(w)
			return
		}
	}
	o.mu.Lock()
	x.record.Status = answered.status
	o.mu.Unlock()
	if len(body) > 0 {
		header.Set("Content-Type", contentType)
	}
	if answered.status != http.StatusNoContent {
		header.Set("Content-Length", fmt.Sprint(len(body)))
	}
	w.WriteHeader(answered.status)
	if x.fault != nil && x.fault.Truncate && len(body) > 1 {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}

// spoil turns the body of an answer into what the fault wants.
func (f *Fault) spoil(body []byte, contentType string) ([]byte, string) {
	if f.Mutate != nil {
		body = mutate(body, f.Mutate)
	}
	if f.Body != "" {
		body = []byte(f.Body)
	}
	if f.HTML {
		body, contentType = []byte("<html><body><h1>Request blocked</h1></body></html>\n"), "text/html"
	}
	if f.ContentType != "" {
		contentType = f.ContentType
	}
	if f.Empty {
		body = nil
	}
	return body, contentType
}

func mutate(body []byte, edit func(map[string]any)) []byte {
	var decoded any
	decoder := json.NewDecoder(bytes.NewReader(body))
	// Without it an epoch of 13 digits would come back as 1.7e+12.
	decoder.UseNumber()
	if decoder.Decode(&decoded) != nil {
		return body
	}
	switch value := decoded.(type) {
	case map[string]any:
		edit(value)
	case []any:
		for _, element := range value {
			if fields, isObject := element.(map[string]any); isObject {
				edit(fields)
			}
		}
	}
	return encode(decoded)
}

func encode(body any) []byte {
	if body == nil {
		return nil
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("simulator: an answer is no JSON: %v", err))
	}
	return encoded
}

// cut closes the connection after the first bytes of a status line. Closing it without any byte would let Go's client
// repeat a GET by itself on a reused connection, and no test could count its requests.
func cut(w http.ResponseWriter) {
	connection, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = buffered.WriteString("HTTP/1.1 ")
	_ = buffered.Flush()
	_ = connection.Close()
}

// wait returns false when the client gave up first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// decode reads a JSON request body.
func (x *exchange) decode(into any) *refusal {
	if len(x.body) > largestBody {
		return refuse(http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE", "The request body is too large.")
	}
	if mediaType, _, err := mime.ParseMediaType(x.request.Header.Get("Content-Type")); err != nil ||
		mediaType != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "The request body must be JSON.")
	}
	var mistyped *json.UnmarshalTypeError
	err := json.Unmarshal(x.body, into)
	switch {
	case errors.As(err, &mistyped):
		return refuse(http.StatusBadRequest, "INVALID_JSON", "The field %s has a wrong type.", mistyped.Field)
	case err != nil:
		return refuse(http.StatusBadRequest, "INVALID_JSON", "The request body is not valid JSON.")
	}
	return nil
}
