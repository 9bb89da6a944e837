// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package stage is what the demonstration and the benchmark run on: a command line, the provider built from this checkout,
// and an embedded organization that listens on loopback.
package stage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// Version is the version that the built provider claims in the mirror.
const Version = "0.0.1"

// FindCLI is the command line to use: COVEO_DEMO_CLI, or terraform or tofu from PATH.
func FindCLI() (string, error) {
	if path := os.Getenv("COVEO_DEMO_CLI"); path != "" {
		return exec.LookPath(path)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is on PATH; make builds OpenTofu where neither is, or name one in COVEO_DEMO_CLI")
}

// Root is the folder of this checkout.
func Root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("asking go for the module: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if filepath.Base(file) != "go.mod" {
		return "", errors.New("run this inside of the provider's checkout")
	}
	return filepath.Dir(file), nil
}

// Mirror builds the provider into a filesystem mirror below dir and writes a CLI configuration that installs providers from
// nowhere else. It returns the configuration's path. The mirror has the provider under the hosts that Terraform and OpenTofu
// complete a short address with.
func Mirror(ctx context.Context, root, dir string) (string, error) {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	const address = "registry.terraform.io/coveo-privacy/coveo"
	folder := filepath.Join(dir, filepath.FromSlash(address), Version, platform)
	binary := filepath.Join(folder, "terraform-provider-coveo_v"+Version)
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if err := Build(ctx, root, binary); err != nil {
		return "", err
	}
	other := filepath.Join(dir, "registry.opentofu.org", "coveo-privacy", "coveo", Version, platform)
	if err := os.MkdirAll(other, 0o700); err != nil {
		return "", err
	}
	if err := os.Link(binary, filepath.Join(other, filepath.Base(binary))); err != nil {
		return "", err
	}
	return writeConfig(dir, fmt.Sprintf("  filesystem_mirror {\n    path = %q\n  }\n", filepath.ToSlash(dir)))
}

// Override builds the provider and writes a CLI configuration that uses it without installing anything.
func Override(ctx context.Context, root, dir string) (string, error) {
	binary := filepath.Join(dir, "terraform-provider-coveo")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if err := Build(ctx, root, binary); err != nil {
		return "", err
	}
	return writeConfig(dir, fmt.Sprintf("  dev_overrides {\n    \"registry.terraform.io/coveo-privacy/coveo\" = %[1]q\n"+
		"    \"registry.opentofu.org/coveo-privacy/coveo\" = %[1]q\n  }\n  direct {}\n", filepath.ToSlash(dir)))
}

// Build builds the provider.
func Build(ctx context.Context, root, binary string) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return nil
}

func writeConfig(dir, installation string) (string, error) {
	path := filepath.Join(dir, "cli.tfrc")
	content := "disable_checkpoint = true\nprovider_installation {\n" + installation + "}\n"
	return path, os.WriteFile(path, []byte(content), 0o600)
}

// Environment is this process's environment without what would change a run, and with these variables.
func Environment(cliConfig string, more ...string) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "COVEO_") && !strings.HasPrefix(variable, "TF_") {
			env = append(env, variable)
		}
	}
	env = append(env, "TF_CLI_CONFIG_FILE="+cliConfig, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	return append(env, more...)
}

// Serve lets an organization listen on a loopback port until stop is called.
func Serve(ctx context.Context, organization *simulator.Organization) (url string, stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: organization, ReadHeaderTimeout: time.Minute}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	return "http://" + listener.Addr().String(), func() {
		_ = server.Close()
		<-served
	}, nil
}
