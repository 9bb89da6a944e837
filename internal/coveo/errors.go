// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// ErrTokenUnknown is what every call of a client answers whose access token is not known yet, as at plan when the key it
// comes from is created in the same run. No request is sent.
var ErrTokenUnknown = errors.New("the access token is not known yet")

// Error is a call that did not succeed. Its text holds no token, no query, no body, and nothing of a person's identifier:
// Coveo echoes identifiers in its own messages, so those are left out where the path names a person.
type Error struct {
	Operation string // what was tried, as "create an API key"
	Method    string
	Path      string // the path's template, never the path
	Status    int    // 0 when no answer came
	Code      string // Coveo's errorCode or type, where it looks like one
	Message   string // Coveo's words, empty where they could name a person
	RequestID string
	Attempts  int
	// Needs is the privilege that the operation takes, nil where none is documented.
	Needs *Privilege
	// OutcomeUnknown is true when Coveo may have carried out a request that cannot be repeated safely.
	OutcomeUnknown bool
	// Wait is how long Coveo asked to wait when the client gave up because that was too long.
	Wait time.Duration

	cause string
	err   error
	// documented is true when the answer was a JSON object, as Coveo's errors are and a proxy's pages are not.
	documented bool
	// page is true when the answer was an HTML page, which is somebody else's word.
	page bool
	// limit is true when Coveo's words are about a number that must not be exceeded.
	limit bool
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Operation)
	b.WriteString(": ")
	if e.Status != 0 {
		fmt.Fprintf(&b, "HTTP %d", e.Status)
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
		if e.Code != "" {
			b.WriteString(" (" + e.Code + ")")
		}
	}
	if e.cause != "" {
		if e.Status != 0 {
			b.WriteString(", ")
		}
		b.WriteString(e.cause)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, ", after %d attempts", e.Attempts)
	}
	if e.Wait > 0 {
		fmt.Fprintf(&b, ", and Coveo asks to wait %s, longer than this call may", e.Wait.Round(time.Second))
	}
	fmt.Fprintf(&b, " [%s %s", e.Method, e.Path)
	if e.RequestID != "" {
		b.WriteString(", request " + e.RequestID)
	}
	b.WriteString("]")
	return b.String()
}

// Unwrap gives the context's error where the context ended the call, and nothing else: the errors of net/http hold the URL.
func (e *Error) Unwrap() error { return e.err }

// IsNotFound tells whether Coveo says that the object does not exist. A proxy's page and a word about the organization say
// nothing about the object.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusGone) && !e.page && !aboutOrganization(e.Code)
}

// IsReadOnly tells whether the organization takes no change at present.
func IsReadOnly(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status >= 400 && e.Status < 500 && strings.Contains(plainCode(e.Code), "READONLY")
}

// aboutOrganization tells whether a code is about the organization as a whole. Usage analytics calls it an account too.
func aboutOrganization(code string) bool {
	code = plainCode(code)
	return strings.Contains(code, "ORGANIZATION") || strings.Contains(code, "ACCOUNT")
}

// plainCode is the form that a code has in common between the platform, which writes INVALID_TOKEN, and usage analytics, which
// writes InvalidToken.
func plainCode(code string) string { return strings.ToUpper(strings.ReplaceAll(code, "_", "")) }

// IsRefused tells whether the token is invalid or lacks a privilege. Coveo's documents do not say which of 401 and 403
// stands for which, and usage analytics answers 400 to a bad token, so they are one here.
func IsRefused(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusBadRequest:
		return plainCode(e.Code) == "INVALIDTOKEN"
	}
	return false
}

// IsLimitReached tells whether Coveo refuses because there are too many of something already, such as exports. Neither the
// number nor the answer is documented, so Coveo's words are searched for what such a refusal cannot do without. A 429 is
// about the pace of requests instead.
func IsLimitReached(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.limit && e.documented && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests
}

// IsOutcomeUnknown tells whether a request that must not be repeated may have been carried out.
func IsOutcomeUnknown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.OutcomeUnknown
}

// IsCanceled tells whether the call ended because its context did.
func IsCanceled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// apiFailure is the union of the error bodies that Coveo's services are known to send.
type apiFailure struct {
	ErrorCode string          `json:"errorCode"`
	Type      string          `json:"type"`
	Code      json.RawMessage `json:"code"`
	Title     string          `json:"title"`
	Message   string          `json:"message"`
	Detail    string          `json:"detail"`
	RequestID string          `json:"requestID"`
}

var (
	codePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
	// addressPattern finds e-mail addresses and the usernames that are made of them.
	addressPattern   = regexp.MustCompile(`[^\s"'<>()\[\]{},;:]+@[^\s"'<>()\[\]{},;:]*[^\s"'<>()\[\]{},;:.]`)
	limitPattern     = regexp.MustCompile(`(?i)quota|limit.?(was |is |has been )?(reached|exceeded)|(reached|exceed(s|ed)?) .*limit|(maximum|max\.?) number|too.?many.?exports`)
	requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$`)
)

const shownMessageLength = 300

// readFailure fills what an error answer says into e. secrets are strings that must not be shown: any code, request ID or
// message that contains one is dropped or scrubbed.
func (e *Error) readFailure(body []byte, header http.Header, personal bool, secrets []string) {
	var f apiFailure
	e.documented = json.Unmarshal(body, &f) == nil && bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
	if !e.documented {
		f = apiFailure{}
		if e.page = looksLikeHTML(body, header); e.page {
			e.cause = htmlAnswer
		}
	}
	for _, code := range []string{f.ErrorCode, f.Type, strings.Trim(string(f.Code), `"`)} {
		if codePattern.MatchString(code) && !containsAny(code, secrets) {
			e.Code = code
			break
		}
	}
	if e.RequestID == "" {
		e.RequestID = requestID(f.RequestID, secrets)
	}
	e.limit = limitPattern.MatchString(e.Code) || limitPattern.MatchString(f.Message+" "+f.Detail+" "+f.Title)
	if personal {
		return
	}
	message := f.Message
	for _, other := range []string{f.Detail, f.Title} {
		if message == "" {
			message = other
		}
	}
	e.Message = scrub(message, secrets)
}

// requestID is an ID that may be shown, or "".
func requestID(id string, secrets []string) string {
	if !requestIDPattern.MatchString(id) || containsAny(id, secrets) {
		return ""
	}
	return id
}

// guarded are the forms in which a secret could come back: as it is, and encoded for a path or a query.
func guarded(secrets ...string) []string {
	var forms []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		forms = append(forms, secret)
		for _, encoded := range []string{url.PathEscape(secret), url.QueryEscape(secret)} {
			if !slices.Contains(forms, encoded) {
				forms = append(forms, encoded)
			}
		}
	}
	return forms
}

// scrub makes Coveo's words fit to be shown: without secrets in any spelling, without what a terminal would obey, and short.
func scrub(text string, secrets []string) string {
	for _, secret := range secrets {
		text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(secret)).ReplaceAllLiteralString(text, "…")
	}
	text = addressPattern.ReplaceAllLiteralString(text, "…")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > shownMessageLength {
		text = string(runes[:shownMessageLength]) + "…"
	}
	return text
}

func containsAny(text string, secrets []string) bool {
	for _, secret := range secrets {
		if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
			return true
		}
	}
	return false
}

func looksLikeHTML(body []byte, header http.Header) bool {
	if strings.Contains(strings.ToLower(header.Get("Content-Type")), "html") {
		return true
	}
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))), []byte("<"))
}

// describeTransport puts a broken connection into words of our own. The errors of net/http quote URLs, and those of a
// malformed answer quote the answer, so none of their text is used.
func describeTransport(err error, timeout time.Duration) string {
	var (
		dns    *net.DNSError
		op     *net.OpError
		netErr net.Error
	)
	switch {
	case errors.As(err, &dns):
		return "the host could not be resolved; check region, platform_url and the network"
	case untrusted(err):
		return "the server's certificate is not trusted; set SSL_CERT_FILE if a proxy of your own stands between"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.As(err, &netErr) && netErr.Timeout():
		return fmt.Sprintf("no answer within %s", timeout)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was cut before the answer was complete"
	case errors.As(err, &op) && op.Op == "dial":
		return "no connection could be made"
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy could not be reached"
	}
	return "the connection failed"
}

// untrusted tells whether the server's certificate was refused, which no second attempt changes.
func untrusted(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		unknownCA    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		certInvalid  x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &unknownCA) || errors.As(err, &hostname) || errors.As(err, &certInvalid)
}

// neverSent tells whether a failed request cannot have reached the server: then even a POST was not carried out.
func neverSent(err error) bool {
	var op *net.OpError
	return untrusted(err) || errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}
