// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command bench measures the provider at scale, on an embedded Coveo organization and with a real command line, beside as many
// instances of terraform_data, which is what Terraform costs with a provider that does nothing; scanning, beside ripgrep; and
// packaging an export, beside other programs that do the same to its columns. It prints Markdown tables. It judges nothing: it
// fails only where it cannot run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/tools/demo/stage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if path := os.Getenv(packageVariable); path != "" {
		if err := packageExport(ctx, path); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			stop()
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// settings are the command line.
type settings struct {
	keys, cases int
	// exportBytes is how large a table is packaged.
	exportBytes int64
	latencies   []time.Duration
	// rate is what the provider is allowed in the long run, in usage analytics calls a second.
	rate float64
	// scanning says whether HAR files and bundles are scanned, too.
	scanning bool
}

func parse(arguments []string, output io.Writer) (settings, error) {
	var (
		s         settings
		latencies string
	)
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.IntVar(&s.keys, "keys", 1000, "`number` of keys; 0 leaves them out")
	flags.IntVar(&s.cases, "cases", 300, "`number` of erasures; 0 leaves them out")
	flags.Int64Var(&s.exportBytes, "export-bytes", 2_000_000_000, "`size` of the export that is packaged; 0 leaves it out")
	flags.Float64Var(&s.rate, "rate", 40, "usage analytics calls a `second` that the provider is allowed")
	flags.BoolVar(&s.scanning, "scanning", true, "scan a HAR file and a bundle, beside ripgrep")
	flags.StringVar(&latencies, "latencies", "0s,100ms", "`durations` that the organization takes to answer, separated by commas")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if s.keys < 0 || s.cases < 0 || s.exportBytes < 0 || s.rate <= 0 {
		return s, errors.New("-keys, -cases and -export-bytes must not be negative, and -rate must be positive")
	}
	for text := range strings.SplitSeq(latencies, ",") {
		latency, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || latency < 0 {
			return s, fmt.Errorf("-latencies: %q is not a duration such as 100ms", text)
		}
		s.latencies = append(s.latencies, latency)
	}
	return s, nil
}

func run(ctx context.Context, arguments []string, output, progress io.Writer) (err error) {
	s, err := parse(arguments, progress)
	if err != nil {
		return err
	}
	started := time.Now()
	dir, err := os.MkdirTemp("", "coveo-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{settings: s, dir: dir, progress: progress}
	if b.cli, err = stage.FindCLI(); err != nil {
		return err
	}
	root, err := stage.Root(ctx)
	if err != nil {
		return err
	}
	provider := filepath.Join(dir, "provider")
	if err := os.Mkdir(provider, 0o700); err != nil {
		return err
	}
	if b.config, err = stage.Override(ctx, root, provider); err != nil {
		return err
	}
	version, err := b.version(ctx)
	if err != nil {
		return err
	}
	before := load()
	table, err := b.measure(ctx)
	if err != nil {
		return err
	}
	packages := ""
	if s.exportBytes > 0 {
		if packages, err = b.measurePackages(ctx); err != nil {
			return err
		}
		packages = "\n" + packages
	}
	say(output, "%s, %s/%s, %d cores, the CLI's default parallelism of 10. The provider may send %g usage analytics calls a second "+
		"in the long run, with bursts of 60, and %d platform calls.\n\n%s%s\nMeasured in %s.%s\n", version, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(),
		s.rate, platformRate, table, packages, time.Since(started).Round(time.Second), before)
	return nil
}

// say prints. Where it cannot, there is nobody left to tell.
func say(output io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(output, format, args...) }

// load says how busy the machine was before, where the system tells: other work makes everything here slower.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	minute, _, found := strings.Cut(string(content), " ")
	if err != nil || !found {
		return ""
	}
	return " The load average of the minute before was " + minute + "."
}
