// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
)

// BenchmarkBuild packages a table of 40 MB. A profile of it tells where the time goes.
func BenchmarkBuild(b *testing.B) {
	var content bytes.Buffer
	content.WriteString("datetime,userId,visitorId,queryText,originLevel1,actionCause,userAgent\n")
	for n := 0; content.Len() < 40<<20; n++ {
		fmt.Fprintf(&content, "2026-11-%02dT09:%02d:00.000Z,%s,%x,\"how to reset %d, please\",Community,searchboxSubmit,\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36\"\n",
			n%28+1, n%60, alice, n*7919, n*104729%1000003)
	}
	r := request(b, zipOf(b, entry{"searches.csv", content.String()}))
	r.Rules = redact.Rules{Drop: []string{"visitorId"}, Masks: []redact.Mask{{Columns: []string{"queryText"}, Pattern: regexp.MustCompile(`[0-9]{6,}`), Replacement: "[number]"}}}
	file := r.Open
	b.SetBytes(int64(content.Len()))
	for b.Loop() {
		r.Open = file
		if _, err := Build(b.Context(), r); err != nil {
			b.Fatal(err)
		}
		if err := os.Remove(r.Path); err != nil {
			b.Fatal(err)
		}
	}
}
