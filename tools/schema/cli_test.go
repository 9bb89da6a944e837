// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	coveoprovider "github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
)

const address = "registry.terraform.io/coveo-privacy/coveo"

// The CLI that runs the acceptance tests describes the same provider: what it prints, and what this command prints, must be
// equal in every section that the CLI knows.
func TestRun_equalsWhatTheCLIPrints(t *testing.T) {
	cli := cliPath(t)
	var ours bytes.Buffer
	if err := run(t.Context(), &ours, coveoprovider.New("dev")()); err != nil {
		t.Fatal(err)
	}
	got := section(t, decoded(t, ours.Bytes()), name)
	want := section(t, decoded(t, cliSchemas(t, cli)), address)

	for kind := range got {
		if _, known := want[kind]; !known {
			t.Logf("%s prints no %s", filepath.Base(cli), kind)
			delete(got, kind)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("described otherwise than by the CLI (-cli +ours):\n%s", diff)
	}
}

func cliPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	for _, cli := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(cli); err == nil {
			return path
		}
	}
	t.Skip("neither TF_ACC_TERRAFORM_PATH nor a terraform or tofu on PATH; make test always sets the former")
	return ""
}

// cliSchemas builds the provider and lets the CLI describe it, by a development override: no registry is asked.
func cliSchemas(t *testing.T, cli string) []byte {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "terraform-provider-coveo")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	command(t, dir, "go", "build", "-o", binary, "github.com/coveo-privacy/terraform-provider-coveo")

	work := filepath.Join(dir, "work")
	write(t, filepath.Join(work, "main.tf"), fmt.Sprintf(
		"terraform {\n  required_providers {\n    coveo = {\n      source = %q\n    }\n  }\n}\n", address))
	settings := filepath.Join(dir, "cli.tfrc")
	write(t, settings, fmt.Sprintf(
		"provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", address, dir))
	t.Setenv("TF_CLI_CONFIG_FILE", settings)
	return command(t, work, cli, "providers", "schema", "-json")
}

func command(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	if name != "go" {
		cmd.Dir = dir
	}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, problems.String())
	}
	return out
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func section(t *testing.T, schemas map[string]any, name string) map[string]any {
	t.Helper()
	providers, ok := schemas["provider_schemas"].(map[string]any)
	if !ok {
		t.Fatalf("no provider_schemas in %v", schemas)
	}
	described, ok := providers[name].(map[string]any)
	if !ok {
		t.Fatalf("no provider %s in %v", name, providers)
	}
	return described
}
