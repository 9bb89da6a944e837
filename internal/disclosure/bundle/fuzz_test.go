// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzBuild packages anything. Either there is a whole package whose rows are all the person's, or nothing.
func FuzzBuild(f *testing.F) {
	f.Add(zipOf(f, entry{"searches.csv", searches(mine("q"), mine(`"=1"`))}, entry{"clicks.csv", ""}))
	f.Add([]byte(searches(mine("q"))))
	f.Add([]byte("userId\n" + alice + "\n"))
	f.Add(zipOf(f, entry{"../searches.csv", "userId\n"}))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r := request(t, file)
		r.Limits.Inflated = 1 << 20
		result, err := Build(t.Context(), r)
		names := listed(t, filepath.Dir(r.Path))
		if err != nil {
			if len(names) != 0 {
				t.Fatalf("%v left %v behind", err, names)
			}
			return
		}
		if len(names) != 1 {
			t.Fatalf("the folder holds %v", names)
		}
		content, err := os.ReadFile(r.Path)
		if err != nil {
			t.Fatal(err)
		}
		files := unzip(t, content)
		for _, table := range result.Tables {
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files[table.Name+".csv"], "\ufeff"))).ReadAll()
			if err != nil || table.Rows > 0 && int64(len(rows)) != table.Rows+1 {
				t.Fatalf("%d rows, %d were counted, %v", len(rows), table.Rows, err)
			}
			for n, row := range rows {
				for _, cell := range row {
					if isFormula([]byte(cell)) {
						t.Fatalf("%q would be carried out", cell)
					}
				}
				if own := strings.Join(row, "\x00"); n > 0 && !strings.Contains(own, alice) && !strings.Contains(own, visitor) {
					t.Fatalf("row %d is not the person's", n)
				}
			}
		}
	})
}

// FuzzJSONLines writes any text, and compares with what Go's decoder reads.
func FuzzJSONLines(f *testing.F) {
	f.Add("name", "va\"l\\ue\n\r\t\x00\x7f\u2028<&>")
	f.Fuzz(func(t *testing.T, name, value string) {
		name, value = strings.ToValidUTF8(name, "?"), strings.ToValidUTF8(value, "?")
		w := JSONLines.writer([]string{name, name + "2"})
		line := w.row(nil, [][]byte{[]byte(value), nil})
		var got map[string]string
		if err := json.Unmarshal(line, &got); err != nil || got[name] != value || bytes.Count(line, []byte("\n")) != 1 {
			t.Fatalf("%q: %v", line, err)
		}
	})
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"=1+1": true, "+1+1": true, "-1+1": true, "@SUM(A1)": true, "\t=1": true, "\r=1": true, "\n=1": true, "＝1": true, "＋1": true, "－x": true, "＠x": true,
		"-": true, "+": true, "-.": true, "--1": true, "-1e5": true,
		"": false, "-5": false, "+49": false, "-0.5": false, "a=1": false, "'=1": false, "ﬁ": false, "1-1": false, " =1": false,
	} {
		if got := isFormula([]byte(text)); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
	w := CSV.writer([]string{"=a", "b"})
	if got := string(w.row(w.header(nil), [][]byte{[]byte(`=HYPERLINK("x")`), []byte("a;=b")})); got != "\ufeff'=a,b\r\n\"'=HYPERLINK(\"\"x\"\")\",\"a;=b\"\r\n" {
		t.Errorf("got %q", got)
	}
}
