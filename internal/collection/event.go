// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
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

// markers are fields that tell which form a body has.
var markers = map[string]bool{
	"actionCause": true, "searchQueryUid": true, "lastSearchQueryUid": true, "documentPosition": true, "eventType": true, "eventValue": true,
	"contentIdKey": true, "contentIdValue": true, "clientId": true, "originLevel1": true, "language": true, "queryText": true, "facetState": true,
	"t": true, "pid": true, "cid": true, "z": true, "tm": true,
	"meta.config": true, "meta.config.trackingId": true, "meta.ts": true, "meta.clientId": true, "meta.type": true,
	"analytics": true, "context": true, "context.view": true, "trackingId": true, "currency": true, "country": true,
}

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
	switch outermost(path) {
	case "anonymous":
		e.anonymous = truth(value)
	case analyticsCapture:
		e.analyticsCapture = stronger(e.analyticsCapture, asked(value))
	case contextCapture:
		e.contextCapture = stronger(e.contextCapture, asked(value))
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
		e.browser(ClientID, value)
	case key == "visitorId", key == "visitor":
		e.browser(VisitorID, value)
	case path == "uid":
		e.note(UID, !nobody)
	case path == "cid":
		e.browser(CID, value)
	case looksLikeEmail(value):
		e.email[placeOf(path)] = true
	}
}

func (e *event) note(field Identity, present bool) {
	if present {
		e.identity[field] = true
	}
}

// browser notes an ID of a browser. Some pages give it a person's address.
func (e *event) browser(field Identity, value string) {
	e.note(field, true)
	e.note(Email, looksLikeEmail(value))
}

// merge adds what another event says about who acted.
func (e *event) merge(other *event) {
	for field := range other.identity {
		e.identity[field] = true
	}
	for at := range other.email {
		e.email[at] = true
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

// asked is truth for a switch that starts recording: whatever does not say false may say true to who reads it.
func asked(value string) string {
	switch strings.ToLower(value) {
	case "":
		return ""
	case "false", "0":
		return "false"
	default:
		return "true"
	}
}

// outermost is the path of a switch as it is outside of a batch, and else the path itself.
func outermost(path string) string {
	for _, capture := range []string{analyticsCapture, contextCapture} {
		if strings.HasSuffix(path, "."+capture) {
			return capture
		}
	}
	return path
}

// stronger is what two switches of one body say together: it records if one does.
func stronger(one, other string) string {
	if one == "true" || other == "" {
		return one
	}
	return other
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
