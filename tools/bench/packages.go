// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// memoryGoal is how much memory packaging may take, whatever the size of the export.
const memoryGoal = 100 << 20

// measurePackages packages one export in this program's own process, and by the provider under a real command line, beside
// others that read the same file.
func (b *bench) measurePackages(ctx context.Context) (string, error) {
	path := filepath.Join(b.dir, "export.zip")
	say(b.progress, "writing an export of %s … ", megabytes(b.exportBytes))
	packed, err := writeExport(path, b.exportBytes)
	if err != nil {
		return "", err
	}
	say(b.progress, "done\n")
	var t strings.Builder
	fmt.Fprintf(&t, "One export, a ZIP of %s with a table of %s. Rows are checked, one column is dropped, and numbers in another one are masked.\n\n"+
		"| what | wall time | MB/s of the table | CPU time | peak memory | remark |\n| --- | ---: | ---: | ---: | ---: | --- |\n", megabytes(packed), megabytes(b.exportBytes))
	row := func(what string, m measured, memory int64, remark string) {
		fmt.Fprintf(&t, "| %s | %s | %.0f | %s | %s | %s |\n", what, seconds(m.wall), float64(b.exportBytes)/1e6/m.wall.Seconds(), seconds(m.cpu), megabytes(memory), remark)
	}
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	shell := func(script string) *exec.Cmd {
		return exec.CommandContext(ctx, "sh", "-c", script, "sh", path)
	}
	const miller = `mlr --icsv --ocsv cut -x -f ` + benchDropped + ` then put '$` + benchMasked + ` = gsub($` + benchMasked + `, "` + benchPattern + `", "` + benchInstead + `")'`
	engine := exec.CommandContext(ctx, program)
	engine.Env = append(os.Environ(), packageVariable+"="+path)
	for _, other := range []struct {
		what, remark string
		needs        []string
		command      *exec.Cmd
	}{
		{"packaging, without Terraform", "read, checked, redacted, summed, packed again, with the page", nil, engine},
		{"`unzip -p`", "unpacks, and does nothing else", []string{"unzip"}, shell(`unzip -p "$1" >/dev/null`)},
		{"`unzip -p` and `mlr`", "the same column work; checks no row, and packs nothing", []string{"unzip", "mlr"}, shell(`unzip -p "$1" | ` + miller + ` >/dev/null`)},
		{"`unzip -p`, `mlr` and `gzip -1`", "the same, packed again", []string{"unzip", "mlr", "gzip"}, shell(`unzip -p "$1" | ` + miller + ` | gzip -1 >/dev/null`)},
	} {
		if missing := notInstalled(other.needs); missing != "" {
			fmt.Fprintf(&t, "| %s | – | – | – | – | skipped: %s is not on PATH |\n", other.what, missing)
			continue
		}
		m, memory, err := b.process(other.what, other.command)
		if err != nil {
			return "", err
		}
		remark := other.remark
		if other.command == engine {
			remark += "; " + memoryRemark(memory)
		}
		row(other.what, m, memory, remark)
	}
	m, memory, err := b.applyPackage(ctx, path)
	if err != nil {
		return "", err
	}
	row("`terraform apply` of `coveo_disclosure_package`", m, memory, "downloads over HTTP and packages; memory of the provider's process alone; "+memoryRemark(memory))
	return t.String(), nil
}

func notInstalled(programs []string) string {
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			return program
		}
	}
	return ""
}

func memoryRemark(memory int64) string {
	switch {
	case memory == 0:
		return "nobody tells the memory here"
	case memory < memoryGoal:
		return "goal: under 100 MiB of memory: met"
	}
	return "goal: under 100 MiB of memory: missed"
}

// process runs one command and takes its time and memory.
func (b *bench) process(what string, command *exec.Cmd) (measured, int64, error) {
	say(b.progress, "%s … ", what)
	var output bytes.Buffer
	command.Stderr = &output
	started := time.Now()
	err := command.Run()
	m := measured{wall: time.Since(started)}
	if err != nil {
		return m, 0, fmt.Errorf("%s: %w\n%s", what, err, tail(output.String()))
	}
	m.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	memory := peak(command.ProcessState)
	say(b.progress, "%s, CPU %s, %s\n", seconds(m.wall), seconds(m.cpu), megabytes(memory))
	return m, memory, nil
}

// applyPackage is what a user runs. The export comes from the embedded organization's storage.
func (b *bench) applyPackage(ctx context.Context, path string) (measured, int64, error) {
	organization, env, stop, err := b.organization(ctx, 0)
	if err != nil {
		return measured{}, 0, err
	}
	defer stop()
	_, stopStorage, err := organization.ListenForDownloads(ctx)
	if err != nil {
		return measured{}, 0, err
	}
	defer stopStorage()
	organization.ServeDownloads(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	id := organization.AddExport(simulator.ExportSpec{Tables: []string{"SEARCHES"}})
	w, err := b.workspace(header+fmt.Sprintf(`
resource "coveo_disclosure_package" "bench" {
  export_id = %q
  user_ids  = [%q]
  path      = "package.zip"
  plaintext = true

  columns = {
    drop = [%q]
    mask = [{ columns = [%q], pattern = %q, replacement = %q }]
  }
}
`, id, benchPerson, benchDropped, benchMasked, benchPattern, benchInstead), organization, env...)
	if err != nil {
		return measured{}, 0, err
	}
	ended := make(chan struct{})
	memory := make(chan int64)
	go func() { memory <- watch(filepath.Join(b.dir, "provider"), ended) }()
	m, err := w.command(ctx, "apply", "-auto-approve", "-input=false", "-no-color")
	close(ended)
	return m, <-memory, err
}

// watch asks Linux again and again for the most memory that a process of a program in this folder has had, until ended is
// closed. Elsewhere it returns 0.
func watch(folder string, ended <-chan struct{}) int64 {
	most := int64(0)
	for {
		programs, _ := filepath.Glob("/proc/[0-9]*/exe")
		for _, program := range programs {
			if target, err := os.Readlink(program); err != nil || filepath.Dir(target) != folder {
				continue
			}
			status, _ := os.ReadFile(filepath.Join(filepath.Dir(program), "status"))
			_, rest, _ := strings.Cut(string(status), "VmHWM:")
			if fields := strings.Fields(rest); len(fields) > 0 {
				if kilobytes, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
					most = max(most, kilobytes<<10)
				}
			}
		}
		select {
		case <-ended:
			return most
		case <-time.After(20 * time.Millisecond):
		}
	}
}
