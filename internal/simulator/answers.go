// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// answer is what a request gets: a status and, unless body is nil, JSON.
type answer struct {
	status int
	body   any
	header http.Header
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func noContent() answer { return answer{status: http.StatusNoContent} }

// refusal is an error answer before it has the shape of a service.
type refusal struct {
	status  int
	code    string
	message string
	header  http.Header
}

func refuse(status int, code, format string, args ...any) *refusal {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// invalid is the platform's answer to a bad parameter: 412, not 400 or 422.
func invalid(format string, args ...any) *refusal {
	return refuse(http.StatusPreconditionFailed, "INVALID_PARAMETER", format, args...)
}

// refused gives a refusal the shape of the service that was called: the platform and Usage Analytics have one each.
func (x *exchange) refused(r *refusal) answer {
	if x.analytics() {
		return answer{status: r.status, header: r.header, body: map[string]any{
			"statusCode": r.status,
			"type":       camelCase(r.code),
			"message":    r.message,
		}}
	}
	return answer{status: r.status, header: r.header, body: map[string]any{
		"message":   r.message,
		"errorCode": r.code,
		"requestID": x.requestID,
	}}
}

// camelCase turns the platform's INVALID_TOKEN into the InvalidToken of Usage Analytics.
func camelCase(code string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(code, "_") {
		if word == "" {
			continue
		}
		b.WriteString(word[:1])
		b.WriteString(strings.ToLower(word[1:]))
	}
	return b.String()
}

// date writes an instant as the platform does; the zero time is nil, an unset date.
func (o *Organization) date(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	if o.options.Readings.RFC3339Dates {
		return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return t.UnixMilli()
}

// object is a JSON object under construction whose unset fields are left out or, on demand, explicit nulls.
type object struct {
	fields map[string]any
	nulls  bool
}

func (b object) set(name string, value any) { b.fields[name] = value }

// optional sets a field that may be unset.
func (b object) optional(name string, value any, isSet bool) {
	switch {
	case isSet:
		b.fields[name] = value
	case b.nulls:
		b.fields[name] = nil
	}
}

// list sets a list, whose empty form is [] or, on demand, null.
func list[T any](b object, name string, values []T) {
	switch {
	case len(values) > 0:
		b.fields[name] = values
	case b.nulls:
		b.fields[name] = nil
	default:
		b.fields[name] = []T{}
	}
}

func (o *Organization) randomBytes(n int) []byte {
	bytes := make([]byte, n)
	if _, err := io.ReadFull(o.options.Random, bytes); err != nil {
		panic(fmt.Sprintf("simulator: the source of randomness failed: %v", err))
	}
	return bytes
}

// uuid needs mu: an injected source of randomness need not be safe for concurrent use.
func (o *Organization) uuid() string { return formatUUID(o.randomBytes(16)) }

func formatUUID(bytes []byte) string {
	bytes[6] = bytes[6]&0x0f | 0x40
	bytes[8] = bytes[8]&0x3f | 0x80
	text := hex.EncodeToString(bytes)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
