// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

//go:build !windows

package acctest

import (
	"os"
	"os/exec"
	"syscall"
)

func ownGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func interruptGroup(leader *os.Process) { _ = syscall.Kill(-leader.Pid, syscall.SIGINT) }
