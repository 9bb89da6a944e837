// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

// A process on Windows cannot be interrupted from outside of its console.
func interruptGroup(leader *os.Process) { _ = leader.Signal(os.Interrupt) }
