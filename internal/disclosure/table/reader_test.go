// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func reader(content io.Reader, limits Limits) *Reader {
	return newReader("t", io.NopCloser(content), limits)
}

// all reads a table to its end, its header first.
func all(r *Reader) ([][]string, error) {
	header, err := r.Header()
	if err != nil {
		return nil, err
	}
	rows := [][]string{header}
	for {
		fields, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		var row []string
		for _, field := range fields {
			row = append(row, string(field))
		}
		rows = append(rows, row)
	}
}

func TestReader_Forms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content string
		want    [][]string
	}{
		"nothing":                {"", [][]string{nil}},
		"header only":            {"a,b\n", [][]string{{"a", "b"}}},
		"no line end":            {"a,b\n1,2", [][]string{{"a", "b"}, {"1", "2"}}},
		"ends behind a comma":    {"a,b\n1,", [][]string{{"a", "b"}, {"1", ""}}},
		"ends behind a quote":    {"a,b\n1,\"2\"", [][]string{{"a", "b"}, {"1", "2"}}},
		"CRLF":                   {"a,b\r\n1,2\r\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"mixed line ends":        {"a,b\r\n1,2\n3,4\r\n", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}},
		"byte order mark":        {"\ufeffa,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"mark, quoted":           {"\ufeff\"a\",b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"quotes and lines":       {"a,b\n\"x \"\"y\"\"\",\"1\r\n2\n\"\r\n", [][]string{{"a", "b"}, {"x \"y\"", "1\r\n2\n"}}},
		"only quotes":            {"a\n\"\"\"\"\"\"\n", [][]string{{"a"}, {`""`}}},
		"empty fields":           {"a,b,c\n,,\n\"\",,\n", [][]string{{"a", "b", "c"}, {"", "", ""}, {"", "", ""}}},
		"blank lines at the end": {"a,b\n1,2\n\r\n\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"one column, empty row":  {"a\n\nx\n", [][]string{{"a"}, {""}, {"x"}}},
		"blanks stay":            {"a,b\n 1 ,2 \n", [][]string{{"a", "b"}, {" 1 ", "2 "}}},
		"letters beyond ASCII":   {"größe,名\nß,前\n", [][]string{{"größe", "名"}, {"ß", "前"}}},
	} {
		for form, from := range map[string]io.Reader{
			"whole": strings.NewReader(test.content), "byte by byte": iotest.OneByteReader(strings.NewReader(test.content)),
			"data with its end": iotest.DataErrReader(strings.NewReader(test.content)),
		} {
			got, err := all(reader(from, Defaults()))
			if err != nil || !slices.EqualFunc(got, test.want, slices.Equal) {
				t.Errorf("%s, %s: got %q, %v", name, form, got, err)
			}
		}
	}
}

// Rows that pass the ends of buffers in every way, and a field as long as it may be.
func TestReader_Buffers(t *testing.T) {
	t.Parallel()
	var content, want bytes.Buffer
	content.WriteString("n,text\n")
	for n := range 3000 {
		text := strings.Repeat("x", n%613) + "\"" + strings.Repeat(",\n", n%7)
		fmt.Fprintf(&content, "%d,\"%s\"\n", n, strings.ReplaceAll(text, `"`, `""`))
		fmt.Fprintf(&want, "%d %s|", n, text)
	}
	content.WriteString("long," + strings.Repeat("y", DefaultField) + "\n")
	rows, err := all(reader(iotest.HalfReader(&content), Defaults()))
	if err != nil || len(rows) != 3002 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var got bytes.Buffer
	for _, row := range rows[1:3001] {
		fmt.Fprintf(&got, "%s %s|", row[0], row[1])
	}
	if got.String() != want.String() || len(rows[3001][1]) != DefaultField {
		t.Error("rows were changed by the buffer")
	}
}

func TestReader_AllocatesNothingForARow(t *testing.T) {
	content := "a,b,c\n" + strings.Repeat("1,\"two \"\"2\"\"\",ü\n", 200000)
	r := reader(strings.NewReader(content), Defaults())
	if _, err := r.Header(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100000, func() {
		if _, err := r.Next(); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%g allocations for a row", n)
	}
}

func TestReader_ErrorOfTheFile(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	_, err := all(reader(io.MultiReader(strings.NewReader("a\n1\n2"), iotest.ErrReader(cause)), Defaults()))
	if !errors.Is(err, cause) || err.Error() != "table t, row 2: it cannot be read on" {
		t.Errorf("got %v", err)
	}
}

func TestAhead_EndsWhereverItIsClosed(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, chunk, 3 * chunk} {
		a := newAhead(io.NopCloser(iotest.HalfReader(strings.NewReader(strings.Repeat("x", 10*chunk)))))
		if got, err := io.ReadAll(io.LimitReader(a, int64(n))); len(got) != n || err != nil {
			t.Errorf("got %d, %v", len(got), err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzReader reads anything in two ways, and compares it with Go's own reader where that can tell.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"", "a,b\n1,2\n", "\ufeffa\r\n\"x\"\"y\nz\"\r\n", "a,b\n1\n", "a\n\"", "a,a\n", "a;b\n", "a\n\xff\n", "a,b\n\"1\"2,\n", "a,b\n1,2\n\n", "a\r", "a,\"b\r\nc\"\r\n,\r\n"} {
		f.Add([]byte(seed))
	}
	limits := Limits{Inflated: 1 << 20, Ratio: 10, Field: 64}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := all(reader(bytes.NewReader(content), limits))
		slowly, errSlowly := all(reader(iotest.OneByteReader(bytes.NewReader(content)), limits))
		if (err == nil) != (errSlowly == nil) || !slices.EqualFunc(got, slowly, slices.Equal) {
			t.Fatalf("at once: %q, %v; slowly: %q, %v", got, err, slowly, errSlowly)
		}
		if err != nil {
			var refused *Error
			// Which of two problems is found first may differ.
			if !errors.As(err, &refused) || !errors.As(errSlowly, &refused) {
				t.Fatalf("got %v and %v", err, errSlowly)
			}
			return
		}
		for _, row := range got[1:] {
			if len(row) != len(got[0]) {
				t.Fatalf("a row of %d fields below %d columns", len(row), len(got[0]))
			}
		}
		if bytes.ContainsRune(content, '\r') || len(got[0]) < 2 {
			return // Go's reader changes line ends within fields, and skips rows of one empty field
		}
		oracle := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, utf8Mark)))
		want, err := oracle.ReadAll()
		if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("got %q; Go's reader %q, %v", got, want, err)
		}
	})
}
