// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"syscall"
)

// endSignals ask this process to end, as closing its console does.
func endSignals() []os.Signal { return []os.Signal{syscall.SIGTERM} }

// waitForParent returns when the process that started this one is gone. On Windows any process can be waited for by its
// handle, and an orphan keeps the number of its parent.
func waitForParent() error {
	parent, err := os.FindProcess(os.Getppid())
	if err != nil {
		return err
	}
	_, err = parent.Wait()
	return err
}
