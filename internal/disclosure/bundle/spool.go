// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
)

// spool is the export's file while it is read: a ZIP has its directory at its end. It stands beside the target, where personal
// data is going to be anyway. Its name is removed as soon as it is open, so that nothing of it is left however this process
// ends. Systems that cannot remove an open file remove it when it is closed.
type spool struct {
	file *os.File
	size int64
	drop func()
}

// download copies the export into a spool.
func download(ctx context.Context, target *Target, from io.Reader, limit int64) (*spool, error) {
	file, name, err := target.temporary("export")
	if err != nil {
		return nil, err
	}
	s := &spool{file: file, drop: func() {}}
	if err := target.root.Remove(name); err != nil {
		s.drop = func() { _ = target.root.Remove(name) }
	}
	s.size, err = io.CopyBuffer(struct{ io.Writer }{file}, &cancellable{ctx, io.LimitReader(from, limit+1)}, make([]byte, 256<<10))
	switch {
	case err == nil && s.size > limit:
		err = &table.Error{Limit: true, Reason: fmt.Sprintf("it has more than the %d bytes that limits.max_download_bytes allows", limit)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = &table.Error{Reason: "its download was cut short"}
	case err != nil:
		err = fmt.Errorf("the export's file cannot be downloaded to a temporary file beside the target: %w", reason(err))
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *spool) close() {
	_ = s.file.Close()
	s.drop()
}

// cancellable stops reading when its context ends.
type cancellable struct {
	ctx context.Context
	src io.Reader
}

func (c *cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.src.Read(p)
}
