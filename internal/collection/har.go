// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// request is what the audit looks at of one entry of a HAR file.
type request struct {
	method, url string
	content     []byte
	form        []byte
	cut         bool // the body is larger than what is looked at
	base64      bool
	declared    bool // there was a body, says the entry
	empty       bool // there was none, says the entry
	unsized     bool // the entry does not say how large it was
	typed       bool // the headers have a content type
	length      string
	token       tokenKind
}

const (
	maxURL    = 64 << 10
	maxHeader = 16 << 10
	maxWord   = 64
)

// AuditHAR reads a HAR file, as browsers, proxies and Playwright write it, and reports what it holds of calls that record. It
// reads in constant memory, whatever the size. The source is how findings name the file. An error says what is wrong with the
// file, and holds nothing of it; what was found before is then no ground for a verdict.
func AuditHAR(ctx context.Context, r io.Reader, source string) (Report, error) {
	a := newAudit(source)
	h := harReader{lexer: newLexer(ctx, r), audit: a}
	if err := h.read(); err != nil {
		return a.report(), h.explain(err)
	}
	return a.report(), nil
}

type harReader struct {
	*lexer
	audit *audit

	isHAR bool
}

// Reasons why a file is no HAR file.
var (
	errEmpty      = errors.New("it is empty")
	errCompressed = errors.New("it is compressed: unpack it first")
	errNoJSON     = errors.New("it is not JSON")
	errNoHAR      = errors.New("it is JSON, but not a HAR file: it has no list log.entries")
)

func (h *harReader) read() error {
	switch err := h.fill(); {
	case errors.Is(err, io.EOF):
		return errEmpty
	case err != nil:
		return err
	}
	// Some tools begin with a byte order mark.
	if h.end >= 3 && h.buf[0] == 0xef && h.buf[1] == 0xbb && h.buf[2] == 0xbf {
		h.pos = 3
	}
	if h.end >= 2 && (h.buf[0] == 0x1f && h.buf[1] == 0x8b || h.buf[0] == 'P' && h.buf[1] == 'K') {
		return errCompressed
	}
	switch c, err := h.peek(); {
	case errors.Is(err, io.EOF):
		return errEmpty
	case err != nil:
		return err
	case c == '[':
		return errNoHAR
	case c != '{':
		return errNoJSON
	}
	err := h.object(func(key []byte) error {
		if string(key) != "log" {
			return h.skip()
		}
		return h.fields(func(key []byte) error {
			if string(key) != "entries" {
				return h.skip()
			}
			if c, err := h.more(); err != nil || c != '[' {
				return errors.Join(err, h.skip())
			}
			h.isHAR = true
			return h.array(h.entry)
		})
	})
	if err == nil {
		err = h.finish()
	}
	if err == nil && !h.isHAR {
		err = errNoHAR
	}
	return err
}

// fields takes an object, or passes over anything else.
func (h *harReader) fields(each func(key []byte) error) error {
	c, err := h.more()
	if err != nil {
		return err
	}
	if c != '{' {
		return h.skip()
	}
	return h.object(each)
}

// list takes an array, or passes over anything else.
func (h *harReader) list(each func() error) error {
	c, err := h.more()
	if err != nil {
		return err
	}
	if c != '[' {
		return h.skip()
	}
	return h.array(each)
}

// word takes a string of at most limit bytes, or passes over anything else.
func (h *harReader) word(limit int) (string, bool, error) {
	c, err := h.more()
	if err != nil {
		return "", false, err
	}
	if c != '"' {
		return "", true, h.skip()
	}
	text, whole, err := h.text(limit)
	return string(text), whole, err
}

// entry takes one entry, and hands its request to the audit.
func (h *harReader) entry() error {
	r := request{unsized: true}
	messages := sightings{}
	err := h.fields(func(key []byte) error {
		switch string(key) {
		case "request":
			return h.fields(func(key []byte) error { return h.requestField(&r, string(key)) })
		case "_webSocketMessages":
			return h.list(func() error { return h.message(messages) })
		default:
			return h.skip()
		}
	})
	if err != nil {
		return err
	}
	h.audit.add(r, messages)
	return nil
}

func (h *harReader) requestField(r *request, key string) (err error) {
	switch key {
	case "method":
		r.method, _, err = h.word(maxWord)
		r.method = strings.ToUpper(r.method)
	case "url":
		r.url, _, err = h.word(maxURL)
	case "headers":
		err = h.list(func() error {
			name, value, err := h.pair(maxHeader)
			r.header(name, value)
			return err
		})
	case "bodySize":
		var size int64
		size, err = h.number()
		r.declared, r.empty, r.unsized = r.declared || size > 0, size == 0, size < 0
	case "postData":
		// Playwright writes it with an empty text where it leaves a body out.
		if c, err := h.more(); err == nil && c == '{' {
			r.declared = true
		}
		err = h.fields(func(key []byte) error { return h.postField(r, string(key)) })
	default:
		err = h.skip()
	}
	return err
}

func (h *harReader) postField(r *request, key string) (err error) {
	switch key {
	case "text":
		var text string
		var whole bool
		text, whole, err = h.word(maxBody)
		r.content, r.cut = []byte(text), !whole
	case "encoding", "_encoding":
		var encoding string
		encoding, _, err = h.word(maxWord)
		r.base64 = strings.EqualFold(encoding, "base64")
	case "params":
		err = h.list(func() error {
			name, value, err := h.pair(maxBody)
			if len(r.form)+len(name)+len(value) < maxBody {
				r.form = appendPair(r.form, name, value)
			} else {
				r.cut = true
			}
			return err
		})
	default:
		err = h.skip()
	}
	return err
}

// pair takes an object with a name and a value.
func (h *harReader) pair(limit int) (name, value string, err error) {
	err = h.fields(func(key []byte) error {
		var err error
		switch string(key) {
		case "name":
			name, _, err = h.word(maxKey)
		case "value":
			value, _, err = h.word(limit)
		default:
			err = h.skip()
		}
		return err
	})
	return name, value, err
}

// number takes a size. It is -1 where there is none, as writers of HAR files say it.
func (h *harReader) number() (int64, error) {
	c, err := h.more()
	if err != nil {
		return -1, err
	}
	if c != '-' && (c < '0' || c > '9') {
		return -1, h.skip()
	}
	digits, err := h.scalar()
	if err != nil {
		return -1, err
	}
	n, err := strconv.ParseFloat(string(digits), 64)
	if err != nil {
		return -1, nil //nolint:nilerr // a size that no number can hold is no size
	}
	return int64(n), nil
}

// message takes one message of a WebSocket, and notes what the page sent if it is an event. The entry's address may follow later.
func (h *harReader) message(seen sightings) error {
	m := request{method: socketMethod}
	sent := false
	err := h.fields(func(key []byte) error {
		var err error
		switch string(key) {
		case "type":
			var direction string
			direction, _, err = h.word(maxWord)
			sent = direction == "send" || direction == "sent"
		case "data":
			var text string
			var whole bool
			text, whole, err = h.word(maxBody)
			m.content, m.cut = []byte(text), !whole
		default:
			err = h.skip()
		}
		return err
	})
	if err == nil && sent {
		if k, t, found := byBody(m.body(), socketMethod); found {
			seen.add(k, t)
		}
	}
	return err
}

// explain adds the place to an error. Nothing of the file is in it.
func (h *harReader) explain(err error) error {
	var place error
	switch {
	case errors.Is(err, errEmpty), errors.Is(err, errCompressed), errors.Is(err, errNoJSON), errors.Is(err, errNoHAR):
		return err
	case errors.Is(err, errCut), errors.Is(err, errSyntax), errors.Is(err, errTooDeep), errors.Is(err, errTrailing):
		place = err
	default:
		return fmt.Errorf("it cannot be read: %w", err)
	}
	return fmt.Errorf("%w, at byte %d, after %d whole entries", place, h.offset(), h.audit.entries)
}
