// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/apikey"
)

const (
	// servedTime is how long revoking may take once the command line has said goodbye: it kills the process after 2 s.
	servedTime = 1800 * time.Millisecond
	// orphanTime is how long it may take when the command line is gone and nobody waits any more.
	orphanTime = 2 * time.Minute
	// signalTime is how long it may take after a request to end. Whoever sent it kills what does not listen.
	signalTime = 5 * time.Second
)

// ending is what happens to the keys for one run that are still open when this process ends, in whichever way.
type ending struct {
	keeper *apikey.Keeper
	log    *log.Logger
	exit   func(code int)
}

func newEnding(keeper *apikey.Keeper) *ending {
	// Serving replaces os.Stderr by one that ends with it.
	return &ending{keeper: keeper, log: log.New(os.Stderr, "", log.LstdFlags), exit: os.Exit}
}

// revoke deletes what is still open and says what it could not delete.
func (e *ending) revoke(within time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := e.keeper.Stop(ctx); err != nil {
		e.log.Print(err)
	}
}

// watch ends this process, and revokes what is open before, when the command line dies or when it is asked to end. An orphan
// would otherwise live on: nobody is left to talk to it, and nobody left to end it.
func (e *ending) watch() {
	// The command line reads what this process writes. Without it, writing must not end the process before its work is done.
	signal.Ignore(syscall.SIGPIPE)
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, endSignals()...)
	orphaned := make(chan struct{})
	go func() {
		if waitForParent() == nil {
			close(orphaned)
		}
	}()
	go func() {
		select {
		case <-asked:
			e.revoke(signalTime)
		case <-orphaned:
			e.revoke(orphanTime)
		}
		e.exit(1)
	}()
}
