// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Source is the provider's address, spelled with its host so that Terraform and OpenTofu agree on it.
const Source = "registry.terraform.io/coveo-privacy/coveo"

// CLIPath is the command line under test: TF_ACC_TERRAFORM_PATH, or terraform or tofu from PATH.
func CLIPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("neither terraform nor tofu is on PATH; run the tests with make test, which builds OpenTofu where neither is")
	return ""
}

var built struct {
	once sync.Once
	dir  string
	err  error
}

// providerDir builds the provider once per test process.
func providerDir(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		root, err := moduleRoot()
		if err != nil {
			built.err = err
			return
		}
		// It outlives the test that happens to build it.
		if built.dir, built.err = os.MkdirTemp("", "coveo-provider-"); built.err != nil { //nolint:usetesting // see above
			return
		}
		build := exec.Command("go", "build", "-o", filepath.Join(built.dir, "terraform-provider-coveo"), ".") //nolint:noctx // go test's own limit ends it
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("building the provider: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output() //nolint:noctx // it returns at once
	return filepath.Dir(strings.TrimSpace(string(out))), err
}

// CLI is a working folder with a real command line and the built provider.
type CLI struct {
	Dir string
	// Env is added to every command's environment.
	Env []string

	t    *testing.T
	path string
}

// NewCLI makes a working folder with this configuration as main.tf.
func NewCLI(t *testing.T, config string) *CLI {
	t.Helper()
	c := &CLI{Dir: t.TempDir(), t: t, path: CLIPath(t)}
	c.Write("cli.tfrc", fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", Source, providerDir(t)))
	c.Write("main.tf", fmt.Sprintf("terraform {\n  required_providers {\n    coveo = { source = %q }\n  }\n}\n", Source)+config)
	return c
}

// Write puts a file into the working folder, readable by its owner only.
func (c *CLI) Write(name, content string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// Result is what a command printed and how it ended.
type Result struct {
	Stdout, Stderr string
	Code           int
}

// All is everything that was printed.
func (r Result) All() string { return r.Stdout + r.Stderr }

// Unwrapped is All with the frames and line breaks of diagnostics folded into single blanks, for matching sentences.
func (r Result) Unwrapped() string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(r.All())), " ")
}

// Run runs a command to its end.
func (c *CLI) Run(args ...string) Result {
	c.t.Helper()
	command, out, errOut := c.command(args)
	return c.finish(command, out, errOut, command.Start())
}

// MustRun is Run for a command that has to succeed.
func (c *CLI) MustRun(args ...string) Result {
	c.t.Helper()
	result := c.Run(args...)
	if result.Code != 0 {
		c.t.Fatalf("%s ended with %d:\n%s", strings.Join(args, " "), result.Code, result.All())
	}
	return result
}

// RunInterrupted starts a command, waits until ready says so, and interrupts it as Ctrl-C does.
func (c *CLI) RunInterrupted(ready func() bool, args ...string) Result {
	c.t.Helper()
	command, out, errOut := c.command(args)
	err := command.Start()
	if err == nil {
		for deadline := time.Now().Add(5 * time.Minute); !ready(); {
			if time.Now().After(deadline) {
				c.t.Error("the command never came to the point where it was to be interrupted")
				break
			}
			<-time.After(10 * time.Millisecond)
		}
		// A terminal sends the signal to the whole group; the provider ignores its own.
		_ = command.Process.Signal(syscall.SIGINT)
	}
	return c.finish(command, out, errOut, err)
}

func (c *CLI) command(args []string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	c.t.Cleanup(cancel)
	command := exec.CommandContext(ctx, c.path, args...)
	command.Dir = c.Dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "COVEO_") && !strings.HasPrefix(variable, "TF_") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "TF_CLI_CONFIG_FILE="+filepath.Join(c.Dir, "cli.tfrc"), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	command.Env = append(command.Env, c.Env...)
	var out, errOut bytes.Buffer
	command.Stdout, command.Stderr = &out, &errOut
	return command, &out, &errOut
}

func (c *CLI) finish(command *exec.Cmd, out, errOut *bytes.Buffer, err error) Result {
	c.t.Helper()
	if err == nil {
		err = command.Wait()
	}
	result := Result{Stdout: out.String(), Stderr: errOut.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		result.Code = exit.ExitCode()
	case err != nil:
		c.t.Fatalf("%s: %v", c.path, err)
	}
	return result
}
