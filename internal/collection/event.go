// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Identity is a field of an event that tells who acted, or on which browser. It is a name, never a value.
type Identity string

// The fields that findings name.
const (
	Username        Identity = "username"
	UserDisplayName Identity = "userDisplayName"
	UserID          Identity = "userId"
	UID             Identity = "uid"
	Email           Identity = "email"
	// EmailInCustomData is a value that looks like an e-mail address, in what the page itself added to an event.
	EmailInCustomData Identity = "email_in_custom_data"
	// EmailElsewhere is one in another place, such as the words of a query or the address of the page.
	EmailElsewhere Identity = "email_elsewhere"
	// TokenUser is an access token that names its user.
	TokenUser Identity = "access_token_user"
	// The rest tell browsers apart.
	ClientID  Identity = "clientId"
	CID       Identity = "cid"
	VisitorID Identity = "visitorId"
)

// namesPerson says whether a field tells who someone is, and not only that it is the same browser.
func (i Identity) namesPerson() bool {
	switch i {
	case Username, UserDisplayName, UserID, UID, Email, EmailInCustomData, TokenUser:
		return true
	default:
		return false
	}
}

// event is what one event, or one query, says about a person. It holds no value of it.
type event struct {
	identity map[Identity]bool
	// email are the places where something like an e-mail address stands.
	email map[place]bool
	// has are the paths of markers, which tell forms of bodies apart.
	has map[string]bool
	// anonymous, capture and anonymizeIP are "true" or "false" where the body says so, and else empty.
	anonymous, analyticsCapture, contextCapture, anonymizeIP string
}

func newEvent() *event {
	return &event{identity: map[Identity]bool{}, email: map[place]bool{}, has: map[string]bool{}}
}

// body is what was sent with one request.
type body struct {
	events []*event
	// state tells whether that is all there was.
	state bodyState
}

type bodyState int

const (
	bodyRead bodyState = iota
	bodyEmpty
	bodyAbsent     // there was one, and the HAR file does not hold it
	bodyUnreadable // it is neither JSON nor a form, or too large
)

const (
	maxBody      = 8 << 20 // of one request, in memory at a time
	maxEvents    = 10_000  // that one body is taken apart into
	maxInspected = 64 << 10
	maxNesting   = 64 // of an event; what is deeper is not looked at
)

// markers are fields that tell which form a body has.
var markers = map[string]bool{
	"actionCause": true, "searchQueryUid": true, "lastSearchQueryUid": true, "documentPosition": true, "eventType": true, "eventValue": true,
	"contentIdKey": true, "contentIdValue": true, "clientId": true, "originLevel1": true, "language": true, "queryText": true, "facetState": true,
	"t": true, "pid": true, "cid": true, "z": true, "tm": true,
	"meta.config.trackingId": true, "meta.ts": true, "meta.clientId": true,
	"analytics": true, "context": true, "context.view": true, "trackingId": true, "currency": true, "country": true,
}

// readBody takes a request's body apart: JSON, a list, a form, compressed or in base64.
func readBody(content []byte, encoded bool) body {
	if encoded {
		decoded, err := base64.StdEncoding.DecodeString(string(content))
		if err != nil {
			return body{state: bodyUnreadable}
		}
		content = decoded
	}
	if compressed := asBytes(content); compressed != nil {
		unpacked, err := unpack(compressed)
		if err != nil {
			return body{state: bodyUnreadable}
		}
		content = unpacked
	}
	content = bytes.TrimSpace(content)
	switch {
	case len(content) == 0:
		return body{state: bodyEmpty}
	case content[0] == '{' || content[0] == '[':
		return readJSON(content)
	case bytes.HasPrefix(content, []byte("H4sI")):
		// gzip in base64, which not every browser marks.
		if decoded, err := base64.StdEncoding.DecodeString(string(content)); err == nil && !encoded {
			return readBody(decoded, false)
		}
		return body{state: bodyUnreadable}
	case bytes.IndexByte(content, '=') > 0 && isText(content):
		return readForm(string(content))
	default:
		return body{state: bodyUnreadable}
	}
}

// asBytes returns the bytes of a gzip stream, as they are or with each byte written as a character. Otherwise nil.
func asBytes(content []byte) []byte {
	if len(content) > 2 && content[0] == 0x1f && content[1] == 0x8b {
		return content
	}
	if len(content) < 3 || content[0] != 0x1f || content[1] != 0xc2 || content[2] != 0x8b {
		return nil
	}
	out := make([]byte, 0, len(content))
	for _, r := range string(content) {
		if r > 0xff {
			return content // no longer what was sent
		}
		out = append(out, byte(r)) //nolint:gosec // at most 0xff, as was just checked
	}
	return out
}

func unpack(compressed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, err
	}
	unpacked, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && len(unpacked) > maxBody {
		err = errTooDeep
	}
	return unpacked, err
}

func readJSON(content []byte) body {
	l := lexerOf(content)
	var b body
	one := func() error {
		e := newEvent()
		if len(b.events) < maxEvents {
			b.events = append(b.events, e)
		}
		return l.walk(e, "", "", 0)
	}
	var err error
	if content[0] == '[' {
		err = l.array(one)
	} else {
		err = one()
	}
	if err == nil {
		err = l.finish()
	}
	if err != nil {
		return body{state: bodyUnreadable}
	}
	return b
}

// readForm takes a form apart. A field that holds an object is an event of its own, as clickEvent is; the others are one.
func readForm(content string) body {
	var b body
	flat := newEvent()
	for pair := range strings.SplitSeq(content, "&") {
		key, value, _ := strings.Cut(pair, "=")
		key, keyErr := url.QueryUnescape(key)
		value, err := url.QueryUnescape(value)
		if keyErr != nil || err != nil {
			return body{state: bodyUnreadable}
		}
		switch trimmed := strings.TrimSpace(value); {
		case key == "access_token":
		case strings.HasSuffix(key, "Event") && strings.HasPrefix(trimmed, "{"):
			inner := readJSON([]byte(trimmed))
			if inner.state != bodyRead {
				return inner
			}
			b.events = append(b.events, inner.events...)
		case strings.HasPrefix(trimmed, "{"):
			l := lexerOf([]byte(trimmed))
			if l.walk(flat, short(key), short(key), 1) != nil || l.finish() != nil {
				return body{state: bodyUnreadable}
			}
		default:
			flat.scalar(short(key), short(key), value)
		}
		if len(b.events) > maxEvents {
			return body{state: bodyUnreadable}
		}
	}
	if len(b.events) == 0 {
		b.events = []*event{flat}
	}
	return b
}

// isText says whether bytes are characters, and none that stands for what was no character.
func isText(content []byte) bool {
	return utf8.Valid(content) && !bytes.ContainsFunc(content, func(r rune) bool {
		return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t'
	})
}

func short(key string) string { return key[:min(len(key), maxKey)] }

// walk takes any value, and notes in e what it says about a person. The path leads to it, and ends in key.
func (l *lexer) walk(e *event, path, key string, depth int) error {
	c, err := l.more()
	if err != nil {
		return err
	}
	if depth > maxNesting {
		return l.skip()
	}
	switch c {
	case '{':
		e.mark(path)
		return l.object(func(name []byte) error {
			inner := string(name)
			at := inner
			if depth > 3 {
				at = path + ".…" // no marker is so deep
			} else if path != "" {
				at = path + "." + inner
			}
			return l.walk(e, at, inner, depth+1)
		})
	case '[':
		return l.array(func() error { return l.walk(e, path, key, depth+1) })
	case '"':
		value, _, err := l.text(maxInspected)
		if err == nil {
			e.scalar(path, key, string(value))
		}
		return err
	default:
		value, err := l.scalar()
		if err == nil && string(value) != "null" {
			e.scalar(path, key, string(value))
		}
		return err
	}
}

func (e *event) mark(path string) {
	if markers[path] {
		e.has[path] = true
	}
}

// scalar notes a text, a number or a truth.
func (e *event) scalar(path, key, value string) {
	e.mark(path)
	switch path {
	case "anonymous":
		e.anonymous = truth(value)
	case analyticsCapture:
		e.analyticsCapture = truth(value)
	case contextCapture:
		e.contextCapture = truth(value)
	case "aip":
		e.anonymizeIP = truth(value)
	}
	if value == "" {
		return
	}
	// A constant that stands for nobody, as coveo.analytics itself writes it, names nobody.
	nobody := strings.EqualFold(value, "anonymous")
	switch {
	case key == "username", key == "userName", key == "user_name":
		e.note(Username, !nobody)
	case key == "userDisplayName":
		e.note(UserDisplayName, !nobody)
	case key == "userId", key == "userID", key == "user_id":
		e.note(UserID, !nobody)
	case key == "email", key == "userEmail", key == "emailAddress":
		e.note(Email, value != "false" && value != "true")
	case key == "clientId":
		e.note(ClientID, true)
	case key == "visitorId", key == "visitor":
		e.note(VisitorID, true)
	case path == "uid":
		e.note(UID, !nobody)
	case path == "cid":
		e.note(CID, true)
	case looksLikeEmail(value):
		e.email[placeOf(path)] = true
	}
}

func (e *event) note(field Identity, present bool) {
	if present {
		e.identity[field] = true
	}
}

// place is where in an event a value stands.
type place int

const (
	// ownPlace is known to be what the page itself added.
	ownPlace place = iota
	// pagePlace is the page's address or title, or what was searched for.
	pagePlace
	// otherPlace is what the page added where events have no fixed fields, and elsewhere what Coveo's library did.
	otherPlace
)

func placeOf(path string) place {
	top, rest, _ := strings.Cut(path, ".")
	switch top {
	case "customData", "custom_data", "context", "custom":
		return ownPlace
	case "analytics", "meta":
		if strings.HasPrefix(rest, "custom") {
			return ownPlace
		}
		return pagePlace
	case "location", "referrer", "title", "queryText", "advancedQuery", "q", "aq", "query", "originLevel3", "dl", "dr", "dt", "actionsHistory":
		return pagePlace
	default:
		return otherPlace
	}
}

// addresses turns what was seen of e-mail addresses into fields.
func (e *event) addresses(openFields bool) {
	e.note(EmailInCustomData, e.email[ownPlace] || openFields && e.email[otherPlace])
	e.note(EmailElsewhere, e.email[pagePlace] || !openFields && e.email[otherPlace])
}

func truth(value string) string {
	if value == "true" || value == "1" {
		return "true"
	}
	return "false"
}

// looksLikeEmail says whether a text holds something like an e-mail address, percent-encoded or not.
func looksLikeEmail(text string) bool {
	for rest := text; ; {
		at := strings.IndexAny(rest, "@%")
		if at < 0 {
			return false
		}
		after := rest[at+1:]
		if rest[at] == '%' {
			if !strings.HasPrefix(after, "40") {
				rest = after
				continue
			}
			after = after[2:]
		}
		if at > 0 && isLocal(rest[at-1]) && startsWithDomain(after) {
			return true
		}
		// What stands before the next sign has to be seen again.
		rest = after
	}
}

func isLocal(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("._+-~$", c) >= 0 || c >= utf8.RuneSelf
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// startsWithDomain says whether a text begins with labels of which one, after the first, begins with two letters and looks like
// a top-level domain. What follows it is not asked: providers of identities append their name.
func startsWithDomain(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isAlphanumeric(c), c == '-', c >= utf8.RuneSelf:
			continue
		case c != '.' || i == 0:
			return false
		}
		letters := i + 1
		for letters < len(text) && (isAlphanumeric(text[letters]) && (text[letters] < '0' || text[letters] > '9') || text[letters] >= utf8.RuneSelf) {
			letters++
		}
		digit := letters < len(text) && text[letters] >= '0' && text[letters] <= '9'
		if letters-i > 2 && !digit || strings.HasPrefix(text[i+1:], "xn--") {
			return true
		}
	}
	return false
}
