// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import "bytes"

// skip passes over any value.
func (l *lexer) skip() error {
	l.stack = l.stack[:0]
	for {
		c, err := l.more()
		if err != nil {
			return err
		}
		switch c {
		case '{', '[':
			l.pos++
			if l.depth+len(l.stack) >= maxDepth {
				return errTooDeep
			}
			l.stack = append(l.stack, c+2) // in ASCII, the closing one
			next, err := l.more()
			if err != nil {
				return err
			}
			if next != c+2 {
				if err := l.skipKey(); err != nil {
					return err
				}
				continue
			}
		case '"':
			if err := l.skipText(); err != nil {
				return err
			}
		default:
			if _, err := l.scalar(); err != nil {
				return err
			}
		}
		if done, err := l.close(); done || err != nil {
			return err
		}
	}
}

// close passes over what ends after a value, up to where the next begins. It is done when nothing is open.
func (l *lexer) close() (done bool, err error) {
	for len(l.stack) > 0 {
		c, err := l.more()
		if err != nil {
			return false, err
		}
		switch c {
		case ',':
			l.pos++
			return false, l.skipKey()
		case l.stack[len(l.stack)-1]:
			l.pos++
			l.stack = l.stack[:len(l.stack)-1]
		default:
			return false, errSyntax
		}
	}
	return true, nil
}

// skipKey passes over a key, if what is open is an object.
func (l *lexer) skipKey() error {
	if l.stack[len(l.stack)-1] != '}' {
		return nil
	}
	if err := l.skipText(); err != nil {
		return err
	}
	return l.expect(':')
}

func (l *lexer) skipText() error {
	if err := l.expect('"'); err != nil {
		return err
	}
	escaped := false
	for {
		if l.pos == l.end {
			if err := l.fill(); err != nil {
				return cut(err)
			}
		}
		if escaped {
			escaped = false
			l.pos++
			continue
		}
		chunk := l.buf[l.pos:l.end]
		quote := bytes.IndexByte(chunk, '"')
		if quote >= 0 {
			chunk = chunk[:quote]
		}
		slashes := 0
		for slashes < len(chunk) && chunk[len(chunk)-1-slashes] == '\\' {
			slashes++
		}
		l.pos += len(chunk)
		escaped = slashes%2 == 1
		if quote >= 0 && !escaped {
			l.pos++
			return nil
		}
	}
}
