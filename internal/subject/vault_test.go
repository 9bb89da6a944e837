// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package subject_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

func TestParseVault_Accepts(t *testing.T) {
	for name, test := range map[string]struct{ data, want string }{
		"two cases":            {`{"DSR-1":["b","a"],"DSR-2":["c"]}`, "DSR-1=a|b DSR-2=c"},
		"blanks everywhere":    {" \n{ \"DSR-1\" :\t[ \"a\" ] } \r\n", "DSR-1=a"},
		"nothing":              {`{}`, ""},
		"byte order mark":      {"\xef\xbb\xbf" + `{"DSR-1":["a"]}`, "DSR-1=a"},
		"repeated identifier":  {`{"DSR-1":["a","b","a"]}`, "DSR-1=a|b"},
		"escapes":              {`{"\u0044SR-1":["\u00e9","\ud83d\ude00","a\\b\"c\/d"]}`, `DSR-1=a\b"c/d|é|😀`},
		"identifiers as given": {`{"DSR-1":[" A ","a"," "]}`, "DSR-1= | A |a"},
		"longest identifier":   {`{"DSR-1":["` + strings.Repeat("é", 128) + `"]}`, "DSR-1=" + strings.Repeat("é", 128)},
		"longest reference":    {`{"` + strings.Repeat("9", 64) + `":["a"]}`, strings.Repeat("9", 64) + "=a"},
	} {
		t.Run(name, func(t *testing.T) {
			vault, err := subject.ParseVault([]byte(test.data))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, reference := range []string{"DSR-1", "DSR-2", strings.Repeat("9", 64)} {
				if ids, ok := vault.IDs(reference); ok {
					got = append(got, reference+"="+strings.Join(ids, "|"))
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), test.want)
			}
		})
	}
}

// Every malformed vault here holds the word canary where a person would stand, and no error may repeat it.
func TestParseVault_RefusesAndNeverShowsWhatItRead(t *testing.T) {
	for name, test := range map[string]struct{ data, says string }{
		"empty":                     {``, "no JSON object"},
		"blank":                     {"\n ", "no JSON object"},
		"null":                      {`null`, "no JSON object"},
		"list":                      {`[{"canary":["canary"]}]`, "no JSON object"},
		"text":                      {`"canary"`, "no JSON object"},
		"YAML":                      {"DSR-1:\n- canary", "no JSON object"},
		"single quotes":             {`{'canary':['canary']}`, "not valid JSON"},
		"no quotes":                 {`{canary:["canary"]}`, "not valid JSON"},
		"no colon":                  {`{"canary"["canary"]}`, "entry 1 is not a list of texts"},
		"text instead of a list":    {`{"DSR-1":"canary"}`, "entry 1 is not a list of texts"},
		"number":                    {`{"DSR-1":[7]}`, "entry 1 is not a list of texts"},
		"number beside an ID":       {`{"DSR-1":["canary",7]}`, "entry 1 is not a list of texts"},
		"true":                      {`{"DSR-1":[true]}`, "entry 1 is not a list of texts"},
		"nested list":               {`{"DSR-1":[["canary"]]}`, "entry 1 is not a list of texts"},
		"nested object":             {`{"DSR-1":{"ids":["canary"]}}`, "entry 1 is not a list of texts"},
		"a second entry":            {`{"DSR-1":["canary"],"DSR-2":7}`, "entry 2 is not a list of texts"},
		"case is null":              {`{"DSR-1":null}`, "case DSR-1 has no identifier"},
		"empty list":                {`{"DSR-1":[]}`, "case DSR-1 has no identifier; leave the case out"},
		"identifier is null":        {`{"DSR-1":["canary",null]}`, "case DSR-1: identifier 2 of 2 cannot be used: it is empty"},
		"identifier is empty":       {`{"DSR-1":["","canary"]}`, "identifier 1 of 2"},
		"identifier is a dot":       {`{"DSR-1":["canary",".."]}`, "identifier 2 of 2"},
		"identifier is too long":    {`{"DSR-1":["` + strings.Repeat("canary", 22) + `"]}`, "132 characters, more than the 128"},
		"duplicate":                 {`{"DSR-1":["canary"],"DSR-1":["canary2"]}`, "case reference DSR-1 stands there twice"},
		"duplicate in disguise":     {`{"DSR-1":["canary"],"\u0044SR-1":["canary2"]}`, "case reference DSR-1 stands there twice"},
		"address as a reference":    {`{"canary@example.com":["x"]}`, "names a case, never a person"},
		"reference with a blank":    {`{"canary 1":["x"]}`, "names a case, never a person"},
		"reference with a break":    {`{"canary\n":["x"]}`, "names a case, never a person"},
		"empty reference":           {`{"":["canary"]}`, "names a case, never a person"},
		"reference of 65":           {`{"` + strings.Repeat("canary9", 9) + `99":["x"]}`, "names a case, never a person"},
		"reference starts wrongly":  {`{"-canary":["x"]}`, "names a case, never a person"},
		"UUID as a reference":       {`{"3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1":["canary"]}`, "it is a UUID"},
		"UUID in capitals":          {`{"3C2F5F0E-7C0E-4E5B-9A57-1D0B3AD3F3A1":["canary"]}`, "it is a UUID"},
		"UUID without hyphens":      {`{"3c2f5f0e7c0e4e5b9a571d0b3ad3f3a1":["canary"]}`, "it is a UUID"},
		"trailing object":           {`{"DSR-1":["canary"]}{"DSR-2":["canary"]}`, "something follows its object"},
		"trailing text":             {`{"DSR-1":["canary"]} canary`, "something follows its object"},
		"trailing bracket":          {`{"DSR-1":["canary"]}]`, "something follows its object"},
		"not closed":                {`{"DSR-1":["canary"]`, "not closed"},
		"cut in an identifier":      {`{"DSR-1":["cana`, "entry 1 is not a list of texts"},
		"cut after a comma":         {`{"DSR-1":["canary"],`, "not valid JSON"},
		"trailing comma":            {`{"DSR-1":["canary"],}`, "not valid JSON"},
		"comment":                   {`{"DSR-1":["canary"] /* canary */}`, "not valid JSON"},
		"two byte order marks":      {"\xef\xbb\xbf\xef\xbb\xbf{}", "no JSON object"},
		"UTF-16":                    {"\xff\xfe{\x00}\x00", "UTF-8"},
		"Latin-1":                   {"{\"DSR-1\":[\"canary\xe9\"]}", "UTF-8"},
		"half a surrogate":          {`{"DSR-1":["canary\ud800"]}`, "damaged character"},
		"half of another surrogate": {`{"DSR-1":["canary\ud801"]}`, "damaged character"},
		"raw line break":            {"{\"DSR-1\":[\"canary\n\"]}", "entry 1 is not a list of texts"},
		"too deep":                  {`{"DSR-1":` + strings.Repeat("[", 20000), "entry 1 is not a list of texts"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := subject.ParseVault([]byte(test.data))
			if err == nil {
				t.Fatal("it was accepted")
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q does not say %q", err, test.says)
			}
			for _, shown := range []string{"canary", "3c2f5f0e", "3C2F5F0E", "example.com"} {
				if strings.Contains(err.Error(), shown) {
					t.Errorf("%q shows %q", err, shown)
				}
			}
		})
	}
}

func TestNewVault_RefusesAsTheFileDoes(t *testing.T) {
	for says, cases := range map[string]map[string][]string{
		"entry 2 in order of the references: case DSR-2 has no identifier": {"DSR-1": {"canary"}, "DSR-2": {}},
		"identifier 2 of 2 cannot be used: it is empty":                    {"DSR-1": {"canary", ""}},
		"names a case, never a person":                                     {"canary@example.com": {"x"}},
		"it is a UUID":                                                     {"3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1": {"canary"}},
	} {
		_, err := subject.NewVault(cases)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want %s", err, says)
		}
	}
	if _, err := subject.NewVault(nil); err != nil {
		t.Error(err)
	}
}

func TestParseVault_TenThousandCasesTakeNoTime(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for n := range 10_000 {
		if n > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `"DSR-2026-%05d": ["person%d@example.com-google", "%08d-0000-4000-8000-000000000000"]`, n, n, n)
	}
	b.WriteString("}")
	began := time.Now()
	vault, err := subject.ParseVault([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	if ids, ok := vault.IDs("DSR-2026-09999"); !ok || len(ids) != 2 {
		t.Errorf("got %v", ids)
	}
}

func TestLoadVault_PermissionsAndFailures(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := `{"DSR-1":["canary"]}`
	for mode, exposed := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o700: false, 0o640: true, 0o604: true, 0o644: true, 0o660: true, 0o620: false, 0o611: false} {
		vault, got, err := subject.LoadVault(write("vault.json", good, mode))
		if err != nil {
			t.Fatal(err)
		}
		if got != (exposed && runtime.GOOS != "windows") {
			t.Errorf("%04o is exposed: %v", mode, got)
		}
		if _, ok := vault.IDs("DSR-1"); !ok {
			t.Error("the case is not there")
		}
		_ = os.Remove(filepath.Join(dir, "vault.json"))
	}
	large := write("large.json", "{}", 0o600)
	if err := os.Truncate(large, 64<<20+1); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		filepath.Join(dir, "missing-canary.json"): "it cannot be read: no such file",
		dir: "it is a folder",
		filepath.Join(write("file", good, 0o600), "below"): "it cannot be read: not a directory",
		large: "it is larger than 64 MiB",
		write("malformed.json", `{"DSR-1":"canary"}`, 0o600): "entry 1 is not a list of texts",
		"": "it cannot be read",
	} {
		_, _, err := subject.LoadVault(path)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v, want %s", path, err, says)
		}
	}
	if os.Getuid() != 0 {
		if _, _, err := subject.LoadVault(write("locked.json", good, 0)); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("got %v", err)
		}
	}
}

func TestCheckCase(t *testing.T) {
	for reference, ok := range map[string]bool{
		"DSR-2026-0142": true, "1": true, "a.b_c-d": true, strings.Repeat("a", 64): true,
		"": false, ".": false, "_a": false, "a/b": false, "a b": false, "a@b": false, "é": false, "a\n": false, strings.Repeat("a", 65): false,
		"3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1": false, "3c2f5f0e7c0e4e5b9a571d0b3ad3f3a1": false, "3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1x": true,
	} {
		err := subject.CheckCase(reference)
		if (err == nil) != ok {
			t.Errorf("%q: %v", reference, err)
		}
		if err != nil && len(reference) > 2 && strings.Contains(err.Error(), reference) {
			t.Errorf("the reference is shown: %v", err)
		}
	}
}

func FuzzParseVault(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"DSR-1":["a"]}`, `{"DSR-1":["secretperson@example.com"],"DSR-1":[]}`, `{"secretperson@example.com":["x"]}`, `[[[`, "\xef\xbb\xbf{}",
		`{"DSR-1":["\ud800"]}`, `{"DSR-1":"secretperson@example.com"`, `{"a":[null]}`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		vault, err := subject.ParseVault(data)
		if (vault == nil) == (err == nil) {
			t.Fatalf("%v, %v", vault, err)
		}
		if err == nil {
			return
		}
		// What is longer than any word of ours and stands in the data is a person's; case references may be named.
		for field := range strings.FieldsFuncSeq(string(data), func(r rune) bool { return r == '"' }) {
			if len(field) >= 12 && subject.CheckCase(field) != nil && strings.Contains(err.Error(), field) {
				t.Fatalf("%q shows %q", err, field)
			}
		}
	})
}
