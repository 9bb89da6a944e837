// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

// parcel is a package while it is written: a ZIP, encrypted on its way to the file where there are recipients.
type parcel struct {
	out     io.Writer // what fails when the disk is full
	file    *tally
	buffer  *bufio.Writer
	sealed  io.WriteCloser // nil without recipients
	content *tally
	zip     *zip.Writer
	at      time.Time
	sums    []string
}

// tally counts and sums what passes.
type tally struct {
	to   io.Writer
	hash hash.Hash
	size int64
}

func (t *tally) Write(p []byte) (int, error) {
	n, err := t.to.Write(p)
	t.hash.Write(p[:n])
	t.size += int64(n)
	return n, err
}

func (t *tally) sum() string { return hex.EncodeToString(t.hash.Sum(nil)) }

// earliest is the first time that a ZIP can hold.
func earliest() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

func newParcel(to io.Writer, recipients []age.Recipient, at time.Time) (*parcel, error) {
	if at.Before(earliest()) {
		at = earliest()
	}
	p := &parcel{out: to, at: at.UTC().Truncate(time.Second)}
	p.file = &tally{to: to, hash: sha256.New()}
	p.buffer = bufio.NewWriterSize(p.file, 256<<10)
	var below io.Writer = p.buffer
	if len(recipients) > 0 {
		sealed, err := age.Encrypt(p.buffer, recipients...)
		if err != nil {
			return nil, err
		}
		p.sealed, below = sealed, sealed
	}
	p.content = &tally{to: below, hash: sha256.New()}
	p.zip = zip.NewWriter(p.content)
	p.zip.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	return p, nil
}

// add writes one file. Its time is the export's, so that the same export gives the same bytes.
func (p *parcel) add(name string, write func(io.Writer) error) error {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.at}
	header.SetMode(0o600)
	to, err := p.zip.CreateHeader(header)
	if err != nil {
		return err
	}
	summed := &tally{to: to, hash: sha256.New()}
	if err := write(summed); err != nil {
		return err
	}
	p.sums = append(p.sums, summed.sum()+"  "+name)
	return nil
}

// finish writes the checksums of all files, in the form of sha256sum, and ends the package.
func (p *parcel) finish() error {
	slices.SortFunc(p.sums, func(a, b string) int { return strings.Compare(a[sha256.Size*2:], b[sha256.Size*2:]) })
	lines := strings.Join(p.sums, "\n") + "\n"
	if err := p.add("SHA256SUMS", func(to io.Writer) error {
		_, err := io.WriteString(to, lines)
		return err
	}); err != nil {
		return err
	}
	if err := p.zip.Close(); err != nil {
		return err
	}
	if p.sealed != nil {
		if err := p.sealed.Close(); err != nil {
			return err
		}
	}
	return p.buffer.Flush()
}

// behind writes in a goroutine of its own, so that rows are made while earlier ones are packed. Its memory is bounded: a few
// buffers go back and forth.
type behind struct {
	to    io.Writer
	full  chan []byte
	free  chan []byte
	ended chan struct{}
	err   error // of the goroutine; read after ended is closed
}

const (
	buffers    = 3
	bufferSize = 256 << 10
)

func newBehind(to io.Writer) *behind {
	b := &behind{to: to, full: make(chan []byte, buffers), free: make(chan []byte, buffers), ended: make(chan struct{})}
	for range buffers {
		b.free <- make([]byte, 0, bufferSize+bufferSize/4)
	}
	go func() {
		defer close(b.ended)
		for buf := range b.full {
			if _, b.err = b.to.Write(buf); b.err != nil {
				return
			}
			b.free <- buf[:0]
		}
	}()
	return b
}

// next is an empty buffer, or the error that ended the writing.
func (b *behind) next() ([]byte, error) {
	select {
	case buf := <-b.free:
		return buf, nil
	case <-b.ended:
		return nil, b.err
	}
}

// write hands a buffer over.
func (b *behind) write(buf []byte) error {
	select {
	case b.full <- buf:
		return nil
	case <-b.ended:
		return b.err
	}
}

// close waits until everything is written.
func (b *behind) close() error {
	close(b.full)
	<-b.ended
	return b.err
}

// writeFailed says why a package could not be written.
func writeFailed(target *Target, err error) error {
	return fmt.Errorf("the target %s cannot be written: %w", target.path, reason(err))
}

// sync makes sure that a file is on the disk.
func sync(file *os.File) error {
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}
