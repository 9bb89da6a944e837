// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
)

// rawZIP packs files with headers of the test's own.
func rawZIP(t testing.TB, headers ...*zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range headers {
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, searches(mine("q")))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func linked(name string) *zip.FileHeader {
	h := &zip.FileHeader{Name: name}
	h.SetMode(fs.ModeSymlink | 0o777)
	return h
}

// bomb packs rows that are all alike, of about this size, and says the truth about it or, where claimed is not 0, that.
func bomb(t testing.TB, size int64, claimed uint64) []byte {
	t.Helper()
	var packed bytes.Buffer
	f, _ := flate.NewWriter(&packed, flate.BestCompression)
	sum := crc32.NewIEEE()
	both := io.MultiWriter(f, sum)
	_, _ = io.WriteString(both, searches(mine("q")))
	line := bytes.Repeat([]byte(mine(strings.Repeat("0", 900))+"\n"), 100)
	actual := uint64(len(searches(mine("q"))))
	for left := size; left > 0; left -= int64(len(line)) {
		_, _ = both.Write(line)
		actual += uint64(len(line))
	}
	if claimed == 0 {
		claimed = actual
	}
	_ = f.Close()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "searches.csv", Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: claimed})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(packed.Bytes())
	_ = z.Close()
	return b.Bytes()
}

// changed flips a bit of a file that is stored without being packed, so that only its checksum tells.
func changed(t testing.TB) []byte {
	t.Helper()
	content := rawZIP(t, &zip.FileHeader{Name: "searches.csv", Method: zip.Store})
	at := bytes.Index(content, []byte("Community"))
	content[at] ^= 2
	return content
}

// crowded says that it holds very many files.
func crowded(t testing.TB, n int) []byte {
	t.Helper()
	var headers []*zip.FileHeader
	for i := range n {
		headers = append(headers, &zip.FileHeader{Name: "t" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + ".csv"})
	}
	return rawZIP(t, headers...)
}

func endless(t testing.TB) []byte {
	t.Helper()
	content := zipOf(t, entry{"searches.csv", searches(mine("q"))})
	// The number of entries and the size of the directory, as large as they can be written.
	end := bytes.LastIndex(content, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint16(content[end+8:], 0xfffe)
	binary.LittleEndian.PutUint16(content[end+10:], 0xfffe)
	return content
}

func TestBuild_HostileFiles(t *testing.T) {
	t.Parallel()
	packed := func(content string) func(testing.TB) []byte {
		return func(t testing.TB) []byte { return zipOf(t, entry{"searches.csv", content}) }
	}
	named := func(name string) func(testing.TB) []byte {
		return func(t testing.TB) []byte { return rawZIP(t, &zip.FileHeader{Name: name}) }
	}
	bare := func(content string) func(testing.TB) []byte {
		return func(testing.TB) []byte { return []byte(content) }
	}
	for name, test := range map[string]struct {
		file func(testing.TB) []byte
		edit func(*Request)
		want string
	}{
		"path traversal":           {named("../searches.csv"), nil, "file 1 of 1 in the ZIP has a path for a name"},
		"deep path traversal":      {named("a/../../../tmp/searches.csv"), nil, "has a path for a name"},
		"traversal with backslash": {named(`..\searches.csv`), nil, "has a path for a name"},
		"absolute name":            {named("/tmp/searches.csv"), nil, "has a path for a name"},
		"drive letter":             {named(`C:searches.csv`), nil, "has a name with other characters"},
		"stream of a file":         {named("searches:x.csv"), nil, "has a name with other characters"},
		"name with line break":     {named("a\nb.csv"), nil, "has a name with other characters"},
		"name with NUL":            {named("a\x00b.csv"), nil, "has a name with other characters"},
		"folder in the ZIP":        {func(t testing.TB) []byte { return folderZIP(t) }, nil, "has a path for a name"},
		"symlink entry":            {func(t testing.TB) []byte { return rawZIP(t, linked("searches.csv")) }, nil, "is a link, a folder or a device"},
		"encrypted entry":          {func(t testing.TB) []byte { return encrypted(t) }, nil, "is encrypted"},
		"no CSV":                   {named("searches.exe"), nil, "is no CSV file"},
		"same name twice": {func(t testing.TB) []byte {
			return rawZIP(t, &zip.FileHeader{Name: "a.csv"}, &zip.FileHeader{Name: "A.CSV"})
		}, nil, "file 2 of 2 in the ZIP has the name of another"},
		"name of the person":  {named(alice + ".csv"), nil, "has a name with other characters"},
		"name of the visitor": {named(visitor + ".csv"), nil, "table 1 of 1 has a name that holds an identifier"},
		"ZIP without a table": {func(t testing.TB) []byte { return zipOf(t) }, nil, "it is a ZIP without any table"},
		"too many files":      {func(t testing.TB) []byte { return crowded(t, 65) }, nil, "it is a ZIP that holds 65 files, and 64 are allowed"},
		"far too many files":  {func(t testing.TB) []byte { return crowded(t, 16000) }, nil, "it is a ZIP that holds more than the 64 tables that are allowed"},
		"claims many files":   {endless, nil, "it is a damaged or cut ZIP"},
		"truncated ZIP": {func(t testing.TB) []byte {
			z := zipOf(t, entry{"searches.csv", searches(mine("q"))})
			return z[:len(z)-30]
		}, nil, "it is a damaged or cut ZIP"},
		"ZIP cut in the middle":         {func(t testing.TB) []byte { z := bomb(t, 1<<20, 0); return append(z[:500:500], z[700:]...) }, nil, "cannot be read"},
		"wrong checksum":                {changed, nil, "table searches: its file is damaged or cut: it cannot be unpacked, or its checksum is wrong"},
		"bomb by ratio":                 {func(t testing.TB) []byte { return bomb(t, 40<<20, 0) }, nil, "limits.max_ratio"},
		"bomb by size":                  {func(t testing.TB) []byte { return bomb(t, 4<<20, 0) }, func(r *Request) { r.Limits.Inflated = 1 << 20 }, "the 1048576 bytes that limits.max_uncompressed_bytes allows"},
		"bomb that lies about its size": {func(t testing.TB) []byte { return bomb(t, 4<<20, 100) }, nil, "its file is damaged or cut"},
		"bomb of two tables": {func(t testing.TB) []byte {
			s := searches(strings.Repeat(mine("q")+"\n", 20))
			return zipOf(t, entry{"searches.csv", s}, entry{"clicks.csv", s})
		}, func(r *Request) { r.Limits.Inflated = 3000 }, "limits.max_uncompressed_bytes"},
		"download too large":        {packed(searches(mine("q"))), func(r *Request) { r.Download = 100 }, "the 100 bytes that limits.max_download_bytes allows"},
		"nothing at all":            {bare(""), nil, "it is empty"},
		"gzip":                      {bare("\x1f\x8b\x08\x00"), nil, "it is packed with gzip"},
		"page":                      {bare("\ufeff <!DOCTYPE html><p>" + mallory), nil, "it is a page or a message of a server"},
		"JSON":                      {bare(`{"message":"` + mallory + `"}`), nil, "it is a page or a message of a server"},
		"10 MB field":               {packed(searches(mine(strings.Repeat("x", 10<<20)))), nil, "table searches, row 1, column 4: the field has more than the 1048576 bytes that limits.max_field_bytes allows"},
		"10 MB field in quotes":     {packed(searches(mine(`"` + strings.Repeat("x\n", 5<<20) + `"`))), nil, "row 1, column 4: the field has more than"},
		"10 MB field in the header": {packed(strings.Repeat("x", 10<<20)), nil, "table searches, its header, column 1: the field has more than"},
		"row of large fields":       {packed("userId,a,b,c,d,e\n" + alice + strings.Repeat(","+strings.Repeat("x", 1<<20-1), 5) + "\n"), nil, "table searches, row 1: the row has more than"},
		"quote that never ends":     {packed(searches(mine(`"open`))), nil, "row 1, column 4: a quote is not closed before the file ends"},
		"quote in a field":          {packed(searches(mine(`a"b`))), nil, "row 1, column 4: a quote stands inside of a field"},
		"text after a quote":        {packed(searches(mine(`"a"b`))), nil, "row 1, column 4: text follows a closing quote"},
		"carriage return":           {packed(searches(mine("a\rb"))), nil, "row 1, column 4: a carriage return stands outside of quotes"},
		"invalid UTF-8":             {packed(searches(mine("ok"), mine("a\xffb"))), nil, "table searches, row 2, column 4: the text is not valid UTF-8"},
		"UTF-16":                    {bare("\xff\xfeu\x00s\x00"), nil, "its header, column 1: the text is not valid UTF-8"},
		"duplicate columns":         {packed("userId,query,query\n" + alice + ",a,b\n"), nil, "its header, column 3: it has the same name as column 2"},
		"column without a name":     {packed("userId,,query\n" + alice + ",a,b\n"), nil, "its header, column 2: the column has no name"},
		"missing field":             {packed(searches(mine("q"), alice+",only")), nil, "row 2: it has 2 fields, and the header has 6"},
		"one field more":            {packed(searches(mine("q") + ",more")), nil, "row 1: it has 7 fields, and the header has 6"},
		"blank line within":         {packed(searches(mine("q"), "", mine("q"))), nil, "row 2: it has 1 fields, and the header has 6"},
		"too many columns":          {packed("userId" + strings.Repeat(",c", 2100) + "\n"), nil, "its header: it has more than the 2000 columns that are allowed"},
		"one column too many":       {packed("userId" + strings.Repeat(",c", 2000) + "\n"), nil, "it has 2001 columns, and 2000 are allowed"},
		"too many fields":           {packed(searches(mine("q"), strings.Repeat(",", 100_000))), nil, "row 2: it has more than the 2000 columns that are allowed"},
		"semicolons":                {packed("userId;query\n" + alice + ";q\n"), nil, "the file is not separated by commas"},
		"rows of others":            {packed(searches(mine("q"), row("2026-11-20", mallory, "", "secret", "", ""))), nil, "table searches, row 2: it holds none of the person's identifiers in the columns 2 and 3, so it is somebody else's"},
		"the ID in other case":      {packed(searches(row("2026-11-20", strings.ToUpper(alice), "", "", "", ""))), nil, "row 1: it holds none of the person's identifiers"},
		"a longer ID":               {packed(searches(row("2026-11-20", alice+"2", "", "", "", ""))), nil, "row 1: it holds none of the person's identifiers"},
		"the ID in another column":  {packed(searches(row("2026-11-20", mallory, "", alice, "", ""))), nil, "row 1: it holds none of the person's identifiers"},
		"others where all is dropped": {packed(searches(mine("q"), row("2026-11-20", mallory, "", "secret", "", ""))), func(r *Request) {
			r.Rules.Drop = []string{"datetime", "userId", "visitorId", "queryText", "originLevel1", "actionCause"}
		}, "row 2: it holds none of the person's identifiers"},
		"no identity column":     {packed("who,queryExpression\n" + alice + ",q\n"), nil, "table searches has none of the columns userId, userName, visitorId, clientId, so nobody can tell whose its rows are"},
		"no header":              {bare(mine("q") + "\n" + mine("r") + "\n"), nil, "has none of the columns userId"},
		"rule for no column":     {packed(searches(mine("q"))), func(r *Request) { r.Rules.Drop = []string{"querytext"} }, "columns.drop names querytext, and no table of the export has such a column"},
		"mask for no column":     {packed(searches(mine("q"))), func(r *Request) { r.Rules.Masks = []redact.Mask{{Columns: []string{"no"}}} }, "columns.mask[0] names no, and"},
		"kept, but not there":    {packed(searches(mine("q"))), func(r *Request) { r.Rules.Keep = []string{"queryText", "no"} }, "columns.keep names no, and"},
		"recipient that is none": {packed(searches(mine("q"))), func(r *Request) { r.Recipients = []string{"age1" + mallory} }, "recipient 1 of 1 cannot be used"},
		"private key":            {packed(searches(mine("q"))), func(r *Request) { r.Recipients = []string{"AGE-SECRET-KEY-1" + mallory} }, "it is a private key"},
		"download fails": {packed(""), func(r *Request) {
			r.Open = open(io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), failing{io.ErrUnexpectedEOF}))
		}, "its download was cut short"},
		"disk full":               {packed(searches(strings.Repeat(mine("q")+"\n", 100))), func(r *Request) { r.through = full(200) }, "no space left on device"},
		"disk full in the middle": {func(t testing.TB) []byte { return bomb(t, 8<<20, 0) }, func(r *Request) { r.through = full(10000) }, "no space left on device"},
		"disk full, encrypted": {packed(searches(mine("q"))), func(r *Request) {
			r.through, r.Recipients = full(0), []string{"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}
		}, "no space left on device"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t, test.file(t))
			// What a hostile file could reach: the folder above, and a file that is there.
			neighbour := filepath.Join(filepath.Dir(filepath.Dir(r.Path)), "searches.csv")
			if test.edit != nil {
				test.edit(&r)
			}
			_, err := Build(t.Context(), r)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if strings.Contains(err.Error(), "canary") || strings.Contains(strings.ToLower(err.Error()), "alice") || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), visitor) {
				t.Errorf("the error shows data: %v", err)
			}
			if got := listed(t, filepath.Dir(r.Path)); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
			if _, err := os.Lstat(neighbour); !errors.Is(err, fs.ErrNotExist) {
				t.Error("something was written outside of the folder")
			}
		})
	}
}

func folderZIP(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err := z.Create("searches.csv/"); err != nil {
		t.Fatal(err)
	}
	_ = z.Close()
	return b.Bytes()
}

func encrypted(t testing.TB) []byte {
	t.Helper()
	content := zipOf(t, entry{"searches.csv", searches(mine("q"))})
	directory := bytes.LastIndex(content, []byte("PK\x01\x02"))
	content[directory+8] |= 1
	return content
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// full is a disk with so much room left.
func full(room int) func(io.Writer) io.Writer {
	return func(to io.Writer) io.Writer { return &limited{to, room} }
}

type limited struct {
	to   io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		n, _ := l.to.Write(p[:l.left])
		l.left = 0
		return n, &fs.PathError{Op: "write", Path: "/somewhere", Err: syscall.ENOSPC}
	}
	l.left -= len(p)
	return l.to.Write(p)
}

func TestBuild_CancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]int64{"in the download": 0, "while packaging": 300000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t, zipOf(t, entry{"searches.csv", searches(strings.Repeat(mine("q")+"\n", 50000))}))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var seen int64
			if after == 0 {
				whole := r.Open
				r.Open = func(ctx context.Context) (io.ReadCloser, error) { cancel(); return whole(ctx) }
			}
			r.through = func(to io.Writer) io.Writer {
				return writerFunc(func(p []byte) (int, error) {
					seen += int64(len(p))
					cancel()
					if got := listed(t, filepath.Dir(r.Path)); len(got) != 1 || !strings.HasPrefix(got[0], ".package.zip.partial-") {
						t.Errorf("while packaging the folder holds %v: the export's own file must have no name", got)
					}
					return to.Write(p)
				})
			}
			if _, err := Build(ctx, r); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if got := listed(t, filepath.Dir(r.Path)); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestBuild_PanicLeavesNothing(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"searches.csv", searches(mine("q"))}))
	r.through = func(io.Writer) io.Writer { return writerFunc(func([]byte) (int, error) { panic("defect") }) }
	func() {
		defer func() { _ = recover() }()
		_, _ = Build(t.Context(), r)
		t.Error("the panic was swallowed")
	}()
	if got := listed(t, filepath.Dir(r.Path)); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestBuild_InvalidTextReplacedOnRequest(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"searches.csv", searches(mine("a\xffb"), mine("ok"))}))
	r.ReplaceInvalid = true
	_, files := build(t, r)
	if !strings.Contains(files["searches.csv"], "a\ufffdb") || !strings.Contains(files["manifest.json"], `"cells_with_invalid_text_replaced": 1`) {
		t.Errorf("got %q", files["searches.csv"])
	}
}

func TestBuild_UncheckedTables(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"searches.csv", searches(mine("q"))}, entry{"keywords.csv", "keyword,date\nprinter,2026-11-20\n"}))
	if _, err := Build(t.Context(), r); err == nil || !strings.Contains(err.Error(), "table keywords has none of the columns") || !strings.Contains(err.Error(), "Columns that it has, among others: keyword, date") {
		t.Errorf("got %v", err)
	}
	r.Open = request(t, zipOf(t, entry{"searches.csv", searches(mine("q"))}, entry{"keywords.csv", "keyword,date\nprinter,2026-11-20\n"})).Open
	r.Unchecked = []string{"KEYWORDS"}
	result, files := build(t, r)
	if !result.Tables[0].Unchecked || files["keywords.csv"] == "" {
		t.Errorf("got %+v", result)
	}
}
