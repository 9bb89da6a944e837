// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

const (
	// scannedHAR and scannedBundle are how much is scanned.
	scannedHAR    = 200 << 20
	scannedBundle = 100 << 20
	// bundleFiles is how many files the bundle has, each of one line.
	bundleFiles = 10
	// scans is how often each is scanned. The shortest time counts: the others had to share the machine.
	scans = 3
)

// measureScanning audits a HAR file and a bundle, beside ripgrep over the same bytes, which finds the same texts and understands
// none of them.
func (b *bench) measureScanning(ctx context.Context, t *table) error {
	har, bundle := filepath.Join(b.dir, "page.har"), filepath.Join(b.dir, "dist")
	if err := writeHAR(har, scannedHAR); err != nil {
		return err
	}
	if err := writeBundle(bundle, scannedBundle); err != nil {
		return err
	}
	texts := filepath.Join(b.dir, "texts")
	if err := os.WriteFile(texts, []byte(strings.Join(collection.MentionTexts(), "\n")+"\n"), 0o600); err != nil {
		return err
	}
	for _, job := range []struct {
		what string
		size int64
		run  func() error
		rg   []string
	}{
		{fmt.Sprintf("HAR file of %d MiB", scannedHAR>>20), scannedHAR, func() error { return auditFile(ctx, har) },
			[]string{"--count-matches", "--text", `/v1[45]/analytics/(click|custom|search|searches|view|collect)|/organizations/[^/]+/events/v1|"trackingId|/search/v[23]|/commerce/v2`, har}},
		{fmt.Sprintf("bundle of %d MiB, lines of %d MiB", scannedBundle>>20, scannedBundle/bundleFiles>>20), scannedBundle, func() error { return scanFolder(ctx, bundle) },
			[]string{"--count-matches", "--fixed-strings", "--file", texts, bundle}},
	} {
		say(b.progress, "scanning: %s … ", job.what)
		ours, err := shortest(func() (measured, error) { return here(job.run) })
		if err != nil {
			return err
		}
		say(b.progress, "%s\n", seconds(ours.wall))
		rg, err := exec.LookPath("rg")
		if err != nil {
			t.scan(job.what+": audit", job.size, ours, "–", "")
			fmt.Fprintf(&t.Builder, "| %s: `rg` | – | – | – | – | – | skipped: ripgrep is not on PATH |\n", job.what)
			continue
		}
		theirs, err := shortest(func() (measured, error) { return elsewhere(ctx, rg, job.rg) })
		if err != nil {
			return err
		}
		t.scan(job.what+": `rg`", job.size, theirs, "1.0", "; the floor: finds the texts, understands none")
		t.scan(job.what+": audit", job.size, ours, fmt.Sprintf("%.1f", ours.wall.Seconds()/theirs.wall.Seconds()), "")
	}
	return nil
}

// scan adds a row, with the speed as its remark.
func (t *table) scan(what string, size int64, m measured, ratio, remark string) {
	fmt.Fprintf(&t.Builder, "| %s | – | – | %.2f s | %s | %.2f s | %.0f MB/s%s |\n", what, m.wall.Seconds(), ratio, m.cpu.Seconds(), float64(size)/1e6/m.wall.Seconds(), remark)
}

func shortest(run func() (measured, error)) (measured, error) {
	var best measured
	for range scans {
		m, err := run()
		if err != nil {
			return m, err
		}
		if best.wall == 0 || m.wall < best.wall {
			best = m
		}
	}
	return best, nil
}

// here measures what this process does.
func here(run func() error) (measured, error) {
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		return measured{}, err
	}
	started := time.Now()
	err := run()
	m := measured{wall: time.Since(started)}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		return m, err
	}
	m.cpu = time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	return m, err
}

// elsewhere measures another program.
func elsewhere(ctx context.Context, program string, args []string) (measured, error) {
	command := exec.CommandContext(ctx, program, append([]string{"--no-config", "--no-ignore"}, args...)...)
	started := time.Now()
	out, err := command.CombinedOutput()
	m := measured{wall: time.Since(started)}
	if state := command.ProcessState; state != nil {
		m.cpu = state.UserTime() + state.SystemTime()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", program, err, tail(string(out)))
	}
	return m, err
}

func auditFile(ctx context.Context, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read from
	report, err := collection.AuditHAR(ctx, file, name)
	if err == nil && len(report.Findings) != 2 {
		err = fmt.Errorf("the audit has %d findings, and 2 were meant", len(report.Findings))
	}
	return err
}

func scanFolder(ctx context.Context, name string) error {
	bundle, err := collection.ScanBundle(ctx, name)
	if err == nil && (len(bundle.Mentions) == 0 || bundle.Scanned != bundleFiles) {
		err = errors.New("the bundle was not read")
	}
	return err
}

// writeHAR makes a file as browsers do: mostly answers, and now and then a call that records.
func writeHAR(name string, size int64) error {
	random := rand.New(rand.NewSource(1))
	return writeFile(name, func(w *bufio.Writer) {
		written, _ := w.WriteString(`{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[`)
		for n := 0; int64(written) < size; n++ {
			if n > 0 {
				written++
				w.WriteByte(',') //nolint:errcheck // Flush tells
			}
			url, data := "https://shop.example.com/assets/chunk.js", ""
			switch n % 10 {
			case 3:
				url, data = "https://acmeprod1a2b3c.org.coveo.com/rest/search/v2?organizationId=acmeprod1a2b3c", `{\"q\":\"printer\",\"analytics\":{\"clientId\":\"c\",\"capture\":true}}`
			case 4:
				url, data = "https://acmeprod1a2b3c.analytics.org.coveo.com/rest/ua/v15/analytics/click", `{\"actionCause\":\"documentOpen\",\"anonymous\":true,\"clientId\":\"c\"}`
			}
			method, post := "GET", ""
			if data != "" {
				method, post = "POST", `,"postData":{"mimeType":"application/json","text":"`+data+`"}`
			}
			count, _ := fmt.Fprintf(w, `{"startedDateTime":"2026-11-22T09:00:00.000Z","time":12.5,"request":{"method":%q,"url":%q,"httpVersion":"HTTP/2.0","headers":`+
				`[{"name":"accept","value":"*/*"},{"name":"user-agent","value":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"}],"queryString":[],`+
				`"cookies":[],"headersSize":-1,"bodySize":%d%s},"response":{"status":200,"statusText":"","headers":[],"cookies":[],"content":{"size":0,"mimeType":"text/javascript","text":"%s"},`+
				`"redirectURL":"","headersSize":-1,"bodySize":0},"cache":{},"timings":{"send":0,"wait":10,"receive":2.5}}`,
				method, url, len(data), post, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(script(random, 20<<10)))
			written += count
		}
		w.WriteString("]}}") //nolint:errcheck // Flush tells
	})
}

func writeBundle(folder string, size int64) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	random := rand.New(rand.NewSource(2))
	for n := range bundleFiles {
		err := writeFile(filepath.Join(folder, fmt.Sprintf("chunk-%d.js", n)), func(w *bufio.Writer) {
			for left := size / bundleFiles; left > 0; left -= 64 << 10 {
				w.WriteString(script(random, 64<<10)) //nolint:errcheck // Flush tells
			}
			w.WriteString(`a.initialize({analytics:{anonymous:!0,analyticsMode:"legacy"}});fetch("https://analytics.cloud.coveo.com/rest/ua/v15/analytics/click")`) //nolint:errcheck // Flush tells
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// script is something like minified code: words of the language, short names and, rarely, what resembles what is looked for.
func script(random *rand.Rand, size int) string {
	words := strings.Fields(`function return this const let var async await import export default class extends => === ?? && || null void typeof
		prototype Object.defineProperty( exports.default= "use\x20strict" querySelector( addEventListener( customElements.define( className: style: children:[ onClick:
		analyticsId enableMotion: anonymousFunction commercial /rest/ @coveo coveoRed mode:"dark" enabled:!0 restart: /v1/users capturePhase`)
	var b strings.Builder
	for b.Len() < size {
		word := words[random.Intn(len(words))]
		if random.Intn(40) > 0 {
			word = words[random.Intn(24)]
		}
		b.WriteString(word)
		b.WriteByte("(),;.{} "[random.Intn(8)])
		b.WriteByte(byte('a' + random.Intn(26)))
	}
	return b.String()
}

func writeFile(name string, write func(*bufio.Writer)) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<20)
	write(w)
	return errors.Join(w.Flush(), file.Close())
}
