// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	running := c.Start(args...)
	Until(c.t, "the point where the command is to be interrupted", ready)
	running.Interrupt()
	return running.Wait()
}

// Running is a command that has not ended yet.
type Running struct {
	cli         *CLI
	command     *exec.Cmd
	out, errOut *bytes.Buffer
	err         error
}

// Start starts a command in a process group of its own, as a shell does. Wait has to follow.
func (c *CLI) Start(args ...string) *Running {
	c.t.Helper()
	r := &Running{cli: c}
	r.command, r.out, r.errOut = c.command(args)
	ownGroup(r.command)
	if r.err = r.command.Start(); r.err != nil {
		c.t.Fatalf("%s: %v", c.path, r.err)
	}
	return r
}

// Interrupt does what Ctrl-C does: a terminal sends the signal to the command line and to its providers.
func (r *Running) Interrupt() { interruptGroup(r.command.Process) }

// Kill ends the command line at once, and it alone.
func (r *Running) Kill() { _ = r.command.Process.Kill() }

// Providers are the processes that the command line has started.
func (r *Running) Providers() []int {
	r.cli.t.Helper()
	return children(r.cli.t, r.command.Process.Pid)
}

// KillProviders ends the providers that the command line has started at once, and says how many there were.
func (r *Running) KillProviders() int {
	r.cli.t.Helper()
	killed := 0
	for _, pid := range r.Providers() {
		if process, err := os.FindProcess(pid); err == nil && process.Kill() == nil {
			killed++
		}
	}
	return killed
}

// EndProviders asks the providers that the command line has started to end.
func (r *Running) EndProviders() {
	r.cli.t.Helper()
	for _, pid := range r.Providers() {
		if process, err := os.FindProcess(pid); err == nil {
			_ = process.Signal(syscall.SIGTERM)
		}
	}
}

// Wait waits for the command's end.
func (r *Running) Wait() Result {
	r.cli.t.Helper()
	return r.cli.finish(r.command, r.out, r.errOut, nil)
}

// Until waits for something that happens in another process.
func Until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !happened(); {
		if time.Now().After(deadline) {
			t.Errorf("%s never came", what)
			return
		}
		<-time.After(10 * time.Millisecond)
	}
}

// AnyAlive tells whether one of these processes is still there. One that ended and that nobody waited for is not.
func AnyAlive(t *testing.T, pids []int) bool {
	t.Helper()
	for pid := range processes(t) {
		if slices.Contains(pids, pid) {
			return true
		}
	}
	return false
}

// children are the processes that a process has started.
func children(t *testing.T, parent int) []int {
	t.Helper()
	var found []int
	for pid, ppid := range processes(t) {
		if ppid == parent {
			found = append(found, pid)
		}
	}
	return found
}

// processes are those of this machine that have not ended, with their parents.
func processes(t *testing.T) map[int]int {
	t.Helper()
	all := map[int]int{}
	add := func(description string) {
		var (
			pid, ppid int
			state     string
		)
		if _, err := fmt.Sscan(description, &pid, &state, &ppid); err == nil && !strings.HasPrefix(state, "Z") {
			all[pid] = ppid
		}
	}
	// Linux shows them in files, and has no ps in its smallest installations.
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		if stat, err := os.ReadFile(name); err == nil {
			// The program's name, which may hold anything, stands in parentheses after the number.
			pid, rest, _ := strings.Cut(string(stat), " (")
			add(pid + rest[strings.LastIndex(rest, ")")+1:])
		}
	}
	if len(all) > 0 {
		return all
	}
	out, err := exec.Command("ps", "-A", "-o", "pid=", "-o", "stat=", "-o", "ppid=").Output() //nolint:noctx // it returns at once
	if err != nil {
		t.Fatalf("the processes of this machine cannot be listed: ps: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		add(line)
	}
	return all
}

// KnowsActionsAndQueries tells whether the command line is a Terraform from 1.14 on. OpenTofu has neither.
func (c *CLI) KnowsActionsAndQueries() bool {
	c.t.Helper()
	var version struct {
		Number string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(c.MustRun("version", "-json").Stdout), &version); err != nil {
		c.t.Fatal(err)
	}
	var major, minor int
	if _, err := fmt.Sscanf(version.Number, "%d.%d", &major, &minor); err != nil {
		c.t.Fatal(err)
	}
	return (major > 1 || minor >= 14) && !strings.Contains(c.MustRun("version").Stdout, "OpenTofu")
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
