// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package table

import (
	"errors"
	"fmt"
	"io"
)

// budget is how many bytes all tables together may have.
type budget struct{ limit, used int64 }

// spend counts bytes, and says whether they are still within the budget.
func (b *budget) spend(n int64) bool {
	b.used += n
	return b.used <= b.limit
}

// counted counts what is really unpacked: what a ZIP says about itself may be a lie.
type counted struct {
	src    io.Reader
	table  string
	budget *budget
	packed int64 // 0 where nothing is packed
	ratio  int64
	read   int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.read += int64(n)
	switch {
	case !c.budget.spend(int64(n)):
		return 0, &Error{Table: c.table, Limit: true, Reason: fmt.Sprintf("all tables together have more than the %d bytes that limits.max_uncompressed_bytes allows", c.budget.limit)}
	case c.packed > 0 && c.read > ratioFloor && c.read/c.ratio > c.packed:
		return 0, &Error{Table: c.table, Limit: true, Reason: fmt.Sprintf("it unpacks to more than the %d times its size that limits.max_ratio allows, as files do that are made to fill disks", c.ratio)}
	case err != nil && !errors.Is(err, io.EOF):
		var known *Error
		if errors.As(err, &known) {
			return n, err
		}
		return n, &Error{Table: c.table, Reason: "its file is damaged or cut: it cannot be unpacked, or its checksum is wrong", err: errDamaged}
	}
	return n, err
}

// unpacked is a file in a ZIP.
type unpacked struct {
	io.Closer
	counted
}

// bounded is a file of which only so much may be read until it is opened for good.
type bounded struct {
	src  io.ReaderAt
	left int64
	open bool
}

func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if !b.open {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errDamaged
		}
	}
	return b.src.ReadAt(p, off)
}
