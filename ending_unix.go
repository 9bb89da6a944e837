// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

//go:build !windows

package main

import (
	"os"
	"syscall"
	"time"
)

// parentInterval is how often the parent is looked for. It is a system call that takes no time.
const parentInterval = 200 * time.Millisecond

// endSignals ask this process to end. Ctrl-C is not among them: a terminal sends it to the provider too, while the command
// line is the one to decide, and serving ignores it.
func endSignals() []os.Signal { return []os.Signal{syscall.SIGTERM, syscall.SIGHUP} }

// waitForParent returns when the process that started this one is gone: then another one takes its place.
func waitForParent() error {
	parent := os.Getppid()
	tick := time.NewTicker(parentInterval)
	defer tick.Stop()
	for range tick.C {
		if os.Getppid() != parent {
			return nil
		}
	}
	return nil
}
