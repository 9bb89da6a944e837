// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// body is what was sent with one request.
type body struct {
	events []*event
	// token is what a form says of the access token in it.
	token tokenKind
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
	content = bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))
	if !encoded && isUnmarked(content) {
		return readBody(content, true)
	}
	switch {
	case len(content) == 0:
		return body{state: bodyEmpty}
	case content[0] == '{' || content[0] == '[':
		return readJSON(content)
	case formStart.Match(content) && isText(content):
		return readForm(string(content))
	default:
		return body{state: bodyUnreadable}
	}
}

// formStart is how a form begins: with the name of a field. What has an equals sign somewhere is no form yet.
var formStart = regexp.MustCompile(`^[A-Za-z0-9_.~*%+&$!:()\[\]'-]+=`)

// base64Start is how JSON and gzip look in base64.
var base64Start = regexp.MustCompile(`^([eW][w-z0-9+/]|H4sI)[A-Za-z0-9+/\r\n]+=*$`)

// isUnmarked says whether a body is JSON or gzip in base64, which not every browser marks.
func isUnmarked(content []byte) bool {
	if !base64Start.Match(content) {
		return false
	}
	decoded, err := base64.StdEncoding.DecodeString(string(content))
	return err == nil && len(decoded) > 1 && (decoded[0] == '{' || decoded[0] == '[' || asBytes(decoded) != nil)
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
		} else {
			b.state = bodyUnreadable // the events so far tell what it is, and nothing of the others
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
		// Some tools list the fields of a form as they were sent, encoded.
		if strings.HasPrefix(value, "%7B") || strings.HasPrefix(value, "%7b") {
			if decoded, err := url.QueryUnescape(value); err == nil {
				value = decoded
			}
		}
		switch trimmed := strings.TrimSpace(value); {
		case key == "access_token":
			b.token = kindOfToken(value)
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
	b.events[0].merge(flat) // what stands beside an event is sent with it
	return b
}

// isText says whether bytes are characters, and none that stands for what was no character.
func isText(content []byte) bool {
	return utf8.Valid(content) && !bytes.ContainsFunc(content, func(r rune) bool {
		return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t'
	})
}

func short(key string) string { return key[:min(len(key), maxKey)] }
