// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
	tables "github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
)

// The work that everything in the comparison does: one column is dropped, and numbers in another one are masked.
const (
	benchPerson  = "person-0000@example.com-google"
	benchDropped = "visitorId"
	benchMasked  = "queryExpression"
	benchPattern = "[0-9]{4,}"
	benchInstead = "[number]"
)

// packageVariable names the export that this program packages instead of measuring: as a process of its own, whose memory is
// nobody else's.
const packageVariable = "COVEO_BENCH_PACKAGE"

// packageExport packages an export into a file beside it.
func packageExport(ctx context.Context, path string) error {
	_, err := bundle.Build(ctx, bundle.Request{
		Organization: "bench", Case: reference(0), Path: path + ".package.zip",
		Export: bundle.Export{ID: "bench", CreatedAt: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)},
		Open:   func(context.Context) (io.ReadCloser, error) { return os.Open(path) },
		Person: redact.NewPerson([]string{benchPerson}, redact.DefaultIdentityColumns()),
		Rules: redact.Rules{Drop: []string{benchDropped}, Masks: []redact.Mask{
			{Columns: []string{benchMasked}, Pattern: regexp.MustCompile(benchPattern), Replacement: benchInstead},
		}},
		Format: bundle.CSV, Summary: true, Download: bundle.DefaultDownload, Limits: tables.Defaults(),
	})
	return err
}

// generator makes values that are all different and the same in every run.
type generator uint64

func (g *generator) next(n uint64) uint64 {
	*g ^= *g << 13
	*g ^= *g >> 7
	*g ^= *g << 17
	return uint64(*g) % n
}

// writeExport writes an export with one table of this many bytes, and returns the size of its file.
func writeExport(path string, size int64) (packed int64, err error) {
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	buffer := bufio.NewWriterSize(file, 1<<20)
	archive := zip.NewWriter(buffer)
	archive.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	to, err := archive.Create("searches.csv")
	if err != nil {
		return 0, err
	}
	words := []string{"how", "to", "reset", "password", "printer", "invoice", "contract", "holiday", "größe", "\"\"best\"\"", "account", "error", "update", "price"}
	hubs := []string{"Community", "Support", "Intranet", "Shop"}
	causes := []string{"searchboxSubmit", "interfaceLoad", "documentOpen", "facetSelect"}
	agents := []string{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
	g := generator(88172645463325252)
	line := []byte("datetime,userId,visitorId,queryExpression,originLevel1,actionCause,userAgent,numberOfResults,responseTime\n")
	at := time.Date(2025, 11, 22, 0, 0, 0, 0, time.UTC)
	for written := int64(0); written < size; {
		n, err := to.Write(line)
		if err != nil {
			return 0, err
		}
		written += int64(n)
		line = at.Add(time.Duration(g.next(365*24*3600))*time.Second).AppendFormat(line[:0], "2006-01-02T15:04:05.000Z")
		line = append(line, ","+benchPerson+","...)
		line = strconv.AppendUint(line, g.next(1<<60), 16)
		line = append(line, ",\""...)
		for range 2 + g.next(6) {
			line = append(line, words[g.next(uint64(len(words)))]...)
			line = append(line, ' ')
		}
		if g.next(8) == 0 {
			line = strconv.AppendUint(line, g.next(1<<40), 10)
		}
		line = append(line, "\","+hubs[g.next(4)]+","+causes[g.next(4)]+",\""+agents[g.next(2)]+"\","...)
		line = strconv.AppendUint(line, g.next(1000), 10)
		line = append(line, ',')
		line = strconv.AppendUint(line, g.next(3000), 10)
		line = append(line, '\n')
	}
	for _, close := range []func() error{archive.Close, buffer.Flush} {
		if err := close(); err != nil {
			return 0, err
		}
	}
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), file.Close()
}

// megabytes writes a size.
func megabytes(n int64) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}
