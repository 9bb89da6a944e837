// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Mention is a text that stands in a bundle. It says what the bundle could do, not what it does.
type Mention struct {
	// Source is the directory, as it was named.
	Source string
	Kind   MentionKind
	// What was found, such as an endpoint or the name of an option.
	What string
	// Count is how often, and Files in how many files.
	Count, Files int64
	// Examples are the first of these files, under the directory.
	Examples []string
}

// Bundle is what a directory holds.
type Bundle struct {
	Source   string
	Mentions []Mention
	// Scanned is how many files were read, and Bytes how much.
	Scanned, Bytes int64
	// Binary is how many files were passed over because they are no text, TooLarge because of their size.
	Binary, TooLarge int64
}

const (
	// maxFile is the size from which a file is passed over: no bundle has one.
	maxFile = 512 << 20
	// maxFiles is how many files a directory may hold.
	maxFiles = 200_000
	// sniffed is how much of a file decides whether it is text.
	sniffed = 8 << 10
	// maxExamples is how many files a mention names.
	maxExamples = 3
)

// ScanBundle looks through every text file under a directory. Symbolic links under it are not followed, so that nothing outside is
// read and nothing is read twice.
func ScanBundle(ctx context.Context, directory string) (Bundle, error) {
	return scanBundle(ctx, directory, maxFiles)
}

func scanBundle(ctx context.Context, directory string, limit int) (Bundle, error) {
	b := Bundle{Source: directory}
	root, err := os.OpenRoot(directory)
	if err != nil {
		return b, pathless(err)
	}
	defer root.Close() //nolint:errcheck // it was only read from
	s := newScanner()
	files := 0
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", name, pathless(err))
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		if files++; files > limit {
			return fmt.Errorf("it holds more than %d files: name the folder that is delivered, not the one with all its sources", limit)
		}
		if err := s.file(ctx, root, name, &b); err != nil {
			return fmt.Errorf("%s: %w", name, pathless(err))
		}
		return nil
	})
	if err != nil {
		return b, err
	}
	b.Mentions = s.mentions(directory)
	return b, nil
}

// pathless is the reason of an error without the path, which the caller names.
func pathless(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

type scanner struct {
	needles   []needle
	automaton *automaton
	buffer    []byte
	counts    []int64
	total     map[[2]string]*Mention
}

func newScanner() *scanner {
	all := needles()
	return &scanner{
		needles: all, automaton: newAutomaton(all), buffer: make([]byte, bufferSize), counts: make([]int64, len(all)), total: map[[2]string]*Mention{},
	}
}

func (s *scanner) file(ctx context.Context, root *os.Root, name string, b *Bundle) error {
	file, err := root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read from
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	if info.Size() > maxFile {
		b.TooLarge++
		return nil
	}
	clear(s.counts)
	read, text, err := s.read(ctx, file)
	if err != nil {
		return err
	}
	if !text {
		b.Binary++
		return nil
	}
	b.Scanned++
	b.Bytes += read
	s.note(name)
	return nil
}

// read counts the needles of a file, if it is text.
func (s *scanner) read(ctx context.Context, r io.Reader) (read int64, text bool, err error) {
	state := uint32(0)
	for first := true; ; first = false {
		if err := ctx.Err(); err != nil {
			return read, false, err
		}
		n, err := io.ReadFull(r, s.buffer)
		chunk := s.buffer[:n]
		if first && bytes.IndexByte(chunk[:min(n, sniffed)], 0) >= 0 {
			return read, false, nil
		}
		read += int64(n)
		state = s.automaton.scan(state, chunk, s.counts)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return read, true, nil
		case err != nil:
			return read, false, err
		}
	}
}

// note adds what a file holds to what was found before. Texts that are reported as the same are added up.
func (s *scanner) note(name string) {
	inFile := map[[2]string]int64{}
	for i, count := range s.counts {
		if count > 0 {
			inFile[[2]string{string(s.needles[i].kind), s.needles[i].what}] += count
		}
	}
	for what, count := range inFile {
		m := s.total[what]
		if m == nil {
			m = &Mention{Kind: MentionKind(what[0]), What: what[1]}
			s.total[what] = m
		}
		m.Count += count
		m.Files++
		if len(m.Examples) < maxExamples {
			m.Examples = append(m.Examples, name)
		}
	}
}

func (s *scanner) mentions(source string) []Mention {
	mentions := []Mention{}
	for _, m := range s.total {
		m.Source = source
		mentions = append(mentions, *m)
	}
	slices.SortFunc(mentions, func(a, b Mention) int {
		if order := strings.Compare(string(a.Kind), string(b.Kind)); order != 0 {
			return order
		}
		return strings.Compare(a.What, b.What)
	})
	return mentions
}
