// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/tools/demo/stage"
)

// folder is one configuration, with the environment that its team runs it in.
type folder struct {
	name string
	dir  string
	env  []string
}

// result is what a command printed, without colours, and how it ended.
type result struct {
	text string
	code int
}

// transcript collects what a command prints on both streams.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// show runs a command before the reader's eyes.
func (s *story) show(ctx context.Context, f folder, args ...string) (result, error) {
	s.printf("\n%s$ %s %s\n", f.name, filepath.Base(s.cli), strings.Join(args, " "))
	return s.command(ctx, f, s.output, args...)
}

// quiet runs a command whose output is not for the reader.
func (s *story) quiet(ctx context.Context, f folder, args ...string) (result, error) {
	return s.command(ctx, f, io.Discard, args...)
}

func (s *story) command(ctx context.Context, f folder, output io.Writer, args ...string) (result, error) {
	if !s.color {
		args = append(args[:1:1], append([]string{"-no-color"}, args[1:]...)...)
	}
	command := exec.CommandContext(ctx, s.cli, args...)
	command.Dir = f.dir
	command.Env = stage.Environment(s.config, f.env...)
	// Terraform and its provider come to an end by themselves when they are interrupted.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 30 * time.Second
	var text transcript
	both := io.MultiWriter(output, &text)
	command.Stdout, command.Stderr = both, both
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result{}, fmt.Errorf("%s: %w", args[0], err)
	}
	if ctx.Err() != nil {
		return result{}, ctx.Err()
	}
	r := result{text: escapes.ReplaceAllString(text.text.String(), ""), code: command.ProcessState.ExitCode()}
	s.printed.WriteString(r.text)
	return r, nil
}

// succeed is show for a command that has to end well and to print these texts, however its lines are broken.
func (s *story) succeed(ctx context.Context, f folder, texts []string, args ...string) error {
	r, err := s.show(ctx, f, args...)
	if err != nil {
		return err
	}
	if r.code != 0 {
		return fmt.Errorf("%s ended with exit code %d", args[0], r.code)
	}
	return r.says(texts...)
}

func (r result) says(texts ...string) error {
	flat := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(r.text)), " ")
	for _, text := range texts {
		if !strings.Contains(flat, text) {
			return fmt.Errorf("the output above does not say %q", text)
		}
	}
	return nil
}
