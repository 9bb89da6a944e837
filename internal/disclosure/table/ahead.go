// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package table

import "io"

// ahead reads on in a goroutine of its own, so that unpacking and parsing share two processors. Its memory is bounded: a few
// buffers go back and forth.
type ahead struct {
	src    io.ReadCloser
	filled chan piece
	free   chan []byte
	stop   chan struct{}
	done   chan struct{}

	now  []byte // of which rest is not yet handed on
	rest []byte
	err  error
}

type piece struct {
	data []byte
	err  error
}

const pieces = 3

func newAhead(src io.ReadCloser) *ahead {
	a := &ahead{src: src, filled: make(chan piece, pieces), free: make(chan []byte, pieces), stop: make(chan struct{}), done: make(chan struct{})}
	for range pieces {
		a.free <- make([]byte, chunk)
	}
	go a.run()
	return a
}

func (a *ahead) run() {
	defer close(a.done)
	for {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.stop:
			return
		}
		n, err := io.ReadAtLeast(a.src, buf, len(buf)/2)
		if err == io.ErrUnexpectedEOF { //nolint:errorlint // ReadAtLeast's own, for a last piece that is short
			err = io.EOF
		}
		select {
		case a.filled <- piece{buf[:n], err}:
		case <-a.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

func (a *ahead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.now != nil {
			a.free <- a.now[:cap(a.now)]
			a.now = nil
		}
		next := <-a.filled
		a.now, a.rest, a.err = next.data, next.data, next.err
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close stops reading, and waits until nothing reads any more.
func (a *ahead) Close() error {
	close(a.stop)
	<-a.done
	return a.src.Close()
}
