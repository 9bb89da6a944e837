// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// bufferSize is how much of a file is in memory at a time.
	bufferSize = 256 << 10
	// maxDepth is how deep a document may be nested.
	maxDepth = 10_000
)

// Reasons why a document cannot be read. They never hold a part of it.
var (
	errCut      = errors.New("it ends in the middle of a value")
	errSyntax   = errors.New("it is not valid JSON")
	errTooDeep  = fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	errTrailing = errors.New("it goes on after its end")
)

// lexer reads JSON of any size in constant memory: a value that nobody asks for is passed over, whatever its size.
type lexer struct {
	ctx      context.Context
	r        io.Reader
	buf      []byte
	pos, end int
	passed   int64 // bytes before buf
	stack    []byte
	depth    int
	scratch  []byte
}

func newLexer(ctx context.Context, r io.Reader) *lexer {
	return &lexer{ctx: ctx, r: r, buf: make([]byte, bufferSize)}
}

// lexerOf reads what is in memory.
func lexerOf(content []byte) *lexer {
	return &lexer{buf: content, end: len(content)}
}

// offset is the place in the document.
func (l *lexer) offset() int64 { return l.passed + int64(l.pos) }

// fill reads on. It returns io.EOF at the end.
func (l *lexer) fill() error {
	if l.r == nil {
		return io.EOF
	}
	if err := l.ctx.Err(); err != nil {
		return err
	}
	l.passed += int64(l.end)
	l.pos, l.end = 0, 0
	for range 100 {
		n, err := l.r.Read(l.buf)
		l.end = n
		switch {
		case n > 0:
			return nil
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

// peek passes over blanks and shows the next byte. At the end it returns io.EOF.
func (l *lexer) peek() (byte, error) {
	for {
		for l.pos < l.end {
			c := l.buf[l.pos]
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c, nil
			}
			l.pos++
		}
		if err := l.fill(); err != nil {
			return 0, err
		}
	}
}

// more is peek inside of a value, where there has to be more.
func (l *lexer) more() (byte, error) {
	c, err := l.peek()
	return c, cut(err)
}

func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return errCut
	}
	return err
}

// next takes the next byte, a blank or not.
func (l *lexer) next() (byte, error) {
	if l.pos == l.end {
		if err := l.fill(); err != nil {
			return 0, cut(err)
		}
	}
	l.pos++
	return l.buf[l.pos-1], nil
}

func (l *lexer) expect(want byte) error {
	c, err := l.more()
	if err != nil {
		return err
	}
	if c != want {
		return errSyntax
	}
	l.pos++
	return nil
}

func (l *lexer) enter() error {
	l.depth++
	if l.depth > maxDepth {
		return errTooDeep
	}
	return nil
}

// object takes an object. It calls each for every key, which is valid until the next string is read, and each takes the value.
func (l *lexer) object(each func(key []byte) error) error {
	return l.members('{', '}', func() error {
		key, _, err := l.text(maxKey)
		if err != nil {
			return err
		}
		if err := l.expect(':'); err != nil {
			return err
		}
		return each(key)
	})
}

// maxKey is how much of a key is looked at.
const maxKey = 128

// array takes an array. It calls each for every element, which it takes.
func (l *lexer) array(each func() error) error { return l.members('[', ']', each) }

func (l *lexer) members(first, last byte, each func() error) error {
	if err := l.expect(first); err != nil {
		return err
	}
	if err := l.enter(); err != nil {
		return err
	}
	defer func() { l.depth-- }()
	c, err := l.more()
	if err != nil {
		return err
	}
	if c == last {
		l.pos++
		return nil
	}
	for {
		if err := each(); err != nil {
			return err
		}
		c, err := l.more()
		if err != nil {
			return err
		}
		l.pos++
		switch c {
		case ',':
		case last:
			return nil
		default:
			l.pos--
			return errSyntax
		}
	}
}

// text takes a string, and returns at most limit bytes of it and whether that is all. The bytes are valid until the next call.
func (l *lexer) text(limit int) ([]byte, bool, error) {
	if err := l.expect('"'); err != nil {
		return nil, false, err
	}
	out, whole := l.scratch[:0], true
	add := func(part []byte) {
		if room := limit - len(out); room < len(part) {
			part, whole = part[:max(room, 0)], false
		}
		out = append(out, part...)
	}
	defer func() {
		// One long text must not stay in memory for the rest of the file.
		if l.scratch = out; cap(out) > bufferSize {
			l.scratch = nil
		}
	}()
	for {
		if l.pos == l.end {
			if err := l.fill(); err != nil {
				return nil, false, cut(err)
			}
		}
		chunk, special := l.buf[l.pos:l.end], 0
		for special < len(chunk) && chunk[special] != '"' && chunk[special] != '\\' {
			special++
		}
		add(chunk[:special])
		l.pos += special
		if special == len(chunk) {
			continue
		}
		l.pos++
		if chunk[special] == '"' {
			return out, whole, nil
		}
		var encoded [2 * utf8.UTFMax]byte
		decoded, err := l.escape(encoded[:0])
		if err != nil {
			return nil, false, err
		}
		add(decoded)
	}
}

// escape takes what follows a backslash.
func (l *lexer) escape(to []byte) ([]byte, error) {
	c, err := l.next()
	if err != nil {
		return nil, err
	}
	switch c {
	case '"', '\\', '/':
		return append(to, c), nil
	case 'b':
		return append(to, '\b'), nil
	case 'f':
		return append(to, '\f'), nil
	case 'n':
		return append(to, '\n'), nil
	case 'r':
		return append(to, '\r'), nil
	case 't':
		return append(to, '\t'), nil
	case 'u':
	default:
		return nil, errSyntax
	}
	r, err := l.hex()
	if err != nil {
		return nil, err
	}
	for utf16.IsSurrogate(r) {
		// Only a pair of them is a character. What follows a single one is read as it is.
		if !l.followedByEscape() {
			r = utf8.RuneError
			break
		}
		l.pos += 2
		low, err := l.hex()
		if err != nil {
			return nil, err
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			r = pair
			break
		}
		to = utf8.AppendRune(to, utf8.RuneError)
		r = low
	}
	return utf8.AppendRune(to, r), nil
}

// followedByEscape says whether \u comes next.
func (l *lexer) followedByEscape() bool {
	if l.end-l.pos < 2 && l.r != nil {
		// What is left moves to the front, to see two bytes at once.
		rest := copy(l.buf, l.buf[l.pos:l.end])
		l.passed += int64(l.pos)
		l.pos, l.end = 0, rest
		for l.end < 2 {
			n, err := l.r.Read(l.buf[l.end:])
			l.end += n
			if err != nil || n == 0 {
				break
			}
		}
	}
	return l.end-l.pos >= 2 && l.buf[l.pos] == '\\' && l.buf[l.pos+1] == 'u'
}

func (l *lexer) hex() (rune, error) {
	var digits [4]byte
	for i := range digits {
		c, err := l.next()
		if err != nil {
			return 0, err
		}
		digits[i] = c
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 32)
	if err != nil {
		return 0, errSyntax
	}
	return rune(n), nil //nolint:gosec // four hexadecimal digits
}

// scalar takes a number, true, false or null, and returns its first bytes.
func (l *lexer) scalar() ([]byte, error) {
	out := l.scratch[:0]
	for {
		if l.pos == l.end {
			if err := l.fill(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
		}
		c := l.buf[l.pos]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' && c != '+' && c != '.' && c != 'E' {
			break
		}
		if len(out) < 32 {
			out = append(out, c)
		}
		l.pos++
	}
	l.scratch = out
	if len(out) == 0 {
		return nil, errSyntax
	}
	switch c := out[0]; {
	case c == '-', c >= '0' && c <= '9':
	case string(out) == "true", string(out) == "false", string(out) == "null":
	default:
		return nil, errSyntax
	}
	return out, nil
}

// finish makes sure that nothing follows.
func (l *lexer) finish() error {
	switch _, err := l.peek(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	default:
		return errTrailing
	}
}
