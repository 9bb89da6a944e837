// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command demo runs the whole story with a real command line, on an embedded Coveo organization: a key, a look, a plan that a
// reviewer can read, an erasure, and the register afterwards. It needs no account and no network, and fails if any step turns
// out otherwise than told.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
	"github.com/coveo-privacy/terraform-provider-coveo/tools/demo/stage"
)

// settleAfter is how long the embedded organization takes to complete a deletion, as long as Coveo says to take at most.
const settleAfter = 28 * 24 * time.Hour

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	info, err := os.Stdout.Stat()
	color := err == nil && info.Mode()&os.ModeCharDevice != 0
	if err := run(ctx, os.Stdout, color); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, output io.Writer, color bool) (err error) {
	started := time.Now()
	cli, err := stage.FindCLI()
	if err != nil {
		return err
	}
	root, err := stage.Root(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "coveo-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	s := &story{output: output, color: color, cli: cli, dir: dir, organization: simulator.New(simulator.Options{SettleAfter: settleAfter})}
	s.say("Building the provider from this checkout.")
	if s.config, err = stage.Mirror(ctx, root, filepath.Join(dir, "mirror")); err != nil {
		return err
	}
	url, stop, err := stage.Serve(ctx, s.organization)
	if err != nil {
		return err
	}
	defer stop()
	s.url = url
	if err := s.prepare(root); err != nil {
		return err
	}
	if err := s.tell(ctx); err != nil {
		return err
	}
	s.say("Done in %s. Everything happened on this machine; nothing is left behind.", time.Since(started).Round(time.Second))
	return nil
}
