// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"iter"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// selection is what an export or an estimate is about.
type selection struct {
	from, to      time.Time
	tables        []string
	columns       []dimension
	filters       map[string][]*filter // by what they apply to: "", "SEARCHES" (and clicks), "CUSTOM_EVENTS"
	all           []dimension
	rowLimit      int64
	display       bool
	noNewlines    bool
	userDimension string
}

func (o *Organization) selection(model exportModel) (selection, *refusal) {
	bad := func(format string, args ...any) (selection, *refusal) {
		return selection{}, refuse(http.StatusBadRequest, "INVALID_PARAMETER", format, args...)
	}
	s := selection{
		tables: model.Tables, all: o.exportDimensions(), filters: map[string][]*filter{}, display: model.UseDisplayNames,
		noNewlines: model.ExportFormat == "NO_NEWLINE", rowLimit: orDefault(o.options.ExportRowLimit, defaultRowLimit),
		userDimension: o.options.Readings.UserDimension,
	}
	var errFrom, errTo error
	s.from, errFrom = time.Parse(time.RFC3339, model.From)
	s.to, errTo = time.Parse(time.RFC3339, model.To)
	if errFrom != nil || errTo != nil || s.to.Before(s.from) {
		return bad("The period from '%s' to '%s' is none.", model.From, model.To)
	}
	if o.options.Readings.WholeDays {
		s.from = s.from.UTC().Truncate(24 * time.Hour)
		s.to = s.to.UTC().Truncate(24 * time.Hour).Add(24*time.Hour - time.Millisecond)
	}
	if len(s.tables) == 0 {
		s.tables = exportTables()
	}
	for _, table := range s.tables {
		if !slices.Contains(append(exportTables(), "ALL_EVENTS"), table) {
			return bad("The table '%s' is unknown.", table)
		}
	}
	for _, name := range model.Dimensions {
		d, known := s.dimension(name)
		if !known {
			return bad("The dimension '%s' is unknown.", name)
		}
		s.columns = append(s.columns, d)
	}
	for scope, texts := range map[string][]string{
		"": model.CommonFilters, "SEARCHES": model.SearchesFilters, "CUSTOM_EVENTS": model.CustomEventsFilters,
	} {
		for _, text := range texts {
			o.journal.see(text)
			parsed, err := parseFilter(text)
			if err != nil {
				return bad("The filter '%s' cannot be read: %v.", text, err)
			}
			unknown := ""
			parsed = parsed.without(func(f *filter) bool {
				_, known := s.dimension(f.dimension)
				if !known {
					unknown = f.dimension
				}
				return !known || o.options.Readings.IgnoreFilters
			})
			if unknown != "" && !o.options.Readings.IgnoreUnknownDimensions && !o.options.Readings.IgnoreFilters {
				return bad("The dimension '%s' of the filter '%s' is unknown.", unknown, text)
			}
			if parsed != nil {
				parsed.walk(func(f *filter) { o.journal.see(f.values...) })
				s.filters[scope] = append(s.filters[scope], parsed)
			}
		}
	}
	return s, nil
}

func (s *selection) dimension(apiName string) (dimension, bool) {
	for _, d := range s.all {
		if d.apiName == apiName {
			return d, true
		}
	}
	return dimension{}, false
}

// among are the events of the period that pass the filters. Batches differ within by index only, which no filter that
// matters here looks at, yet each event is asked.
func (s *selection) among(events []owned) []owned {
	return slices.DeleteFunc(slices.Clone(events), func(e owned) bool { return e.at.Before(s.from) || e.at.After(s.to) })
}

func tableOf(kind EventKind) string {
	switch kind {
	case Search:
		return "SEARCHES"
	case Click:
		return "CLICKS"
	}
	return "CUSTOM_EVENTS"
}

// rows are the events that one table of the export has a row for.
func (s *selection) rows(table string, events []owned) iter.Seq[event] {
	return func(yield func(event) bool) {
		for _, o := range events {
			own := tableOf(o.kind)
			if own != table && table != "ALL_EVENTS" && (own != "SEARCHES" || table != "KEYWORDS" && table != "GROUPS") {
				continue
			}
			for i := range o.n {
				e := event{owned: o, index: i, userDimension: s.userDimension}
				if s.passes(e, own) && !yield(e) {
					return
				}
			}
		}
	}
}

// count is how many rows a table has. Filters on who and when are asked once for each batch, as tests log millions.
func (s *selection) count(table string, events []owned) int64 {
	perBatch := true
	for _, filters := range s.filters {
		for _, f := range filters {
			f.walk(func(f *filter) {
				perBatch = perBatch && slices.Contains([]string{UserIDDimension, UserNameDimension, VisitorDimension, "visitid", "datetime"}, f.dimension)
			})
		}
	}
	rows := int64(0)
	for _, o := range events {
		n := o.n
		if perBatch {
			o.n = 1
		}
		for range s.rows(table, []owned{o}) {
			if perBatch {
				rows += n
			} else {
				rows++
			}
		}
	}
	return rows
}

func (s *selection) passes(e event, table string) bool {
	value := func(name string) string {
		d, _ := s.dimension(name)
		return d.of(e)
	}
	scope := table
	if table == "CLICKS" {
		scope = "SEARCHES"
	}
	for _, f := range slices.Concat(s.filters[""], s.filters[scope]) {
		if !f.accepts(value) {
			return false
		}
	}
	return true
}

// content is the ZIP with one CSV file for each table. It is made once and kept.
func (e *export) content(*Organization) []byte {
	if e.file != nil {
		return e.file
	}
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	left := e.selection.rowLimit
	for _, table := range e.tables {
		member, err := archive.CreateHeader(&zip.FileHeader{Name: strings.ToLower(table) + ".csv", Method: zip.Deflate, Modified: e.created})
		if err != nil {
			panic(fmt.Sprintf("simulator: an export cannot be written: %v", err))
		}
		w := csv.NewWriter(member)
		columns := e.selection.columnsOf(table)
		_ = w.Write(e.selection.titles(columns, table))
		for row := range e.selection.rows(table, e.events) {
			if left--; left < 0 {
				break
			}
			_ = w.Write(e.selection.values(columns, table, row))
		}
		w.Flush()
	}
	_ = archive.Close()
	e.file = buffer.Bytes()
	return e.file
}

func (s *selection) columnsOf(table string) []dimension {
	columns := s.columns
	if len(columns) == 0 {
		columns = s.all
	}
	kinds := map[string]EventKind{"SEARCHES": Search, "CLICKS": Click, "CUSTOM_EVENTS": Custom, "KEYWORDS": Search, "GROUPS": Search}
	kind, single := kinds[table]
	return slices.DeleteFunc(slices.Clone(columns), func(d dimension) bool { return single && !d.appliesTo(kind) })
}

func (s *selection) titles(columns []dimension, table string) []string {
	var titles []string
	for _, d := range columns {
		if s.display {
			titles = append(titles, d.displayName)
		} else {
			titles = append(titles, d.returnName)
		}
	}
	switch table {
	case "KEYWORDS":
		titles = append(titles, "keyword")
	case "GROUPS":
		titles = append(titles, "groupName")
	}
	return titles
}

func (s *selection) values(columns []dimension, table string, e event) []string {
	var values []string
	for _, d := range columns {
		text := ""
		if d.appliesTo(e.kind) {
			text = d.of(e)
		}
		if s.noNewlines {
			text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
		}
		values = append(values, text)
	}
	switch table {
	case "KEYWORDS":
		values = append(values, pick("password", "printer")(e))
	case "GROUPS":
		values = append(values, pick("everyone", "staff")(e))
	}
	return values
}

// sign makes an address in the storage that is good for one export.
func (o *Organization) sign(x *exchange, e *export) (string, *refusal) {
	if status := e.status(o, x.now); status != ExportAvailable || o.exports.storage == "" {
		return "", refuse(http.StatusNotFound, "EXPORT_NOT_AVAILABLE", "The export '%s' has no file.", e.id)
	}
	e.signature = hex.EncodeToString(o.randomBytes(32))
	link := o.exports.storage + "/exports/" + e.id + ".zip?X-Signature=" + e.signature
	o.exports.links = append(o.exports.links, link)
	return link, nil
}

// ListenForDownloads opens the storage that downloads are redirected to, on a loopback port of its own, and returns its
// address and what closes it.
func (o *Organization) ListenForDownloads(ctx context.Context) (string, func(), error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: http.HandlerFunc(o.serveDownload), ReadHeaderTimeout: time.Minute}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	address := "http://" + listener.Addr().String()
	o.mu.Lock()
	o.exports.storage = address
	o.mu.Unlock()
	return address, func() {
		_ = server.Close()
		<-served
	}, nil
}

// ServeDownloads replaces what the storage does with a request whose link is good, for hostile files. Nil undoes it.
func (o *Organization) ServeDownloads(handler http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.exports.serve = handler
}

// Downloads is how many requests reached the storage.
func (o *Organization) Downloads() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.exports.downloads
}

// DownloadLinks are the addresses in the storage that were given out, each with the signature that opens it.
func (o *Organization) DownloadLinks() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.exports.links)
}

// serveDownload is the storage. It answers XML, and refuses two kinds of authentication at once as real storages do. A
// bearer that reaches it is a problem of the test: it is another host.
func (o *Organization) serveDownload(w http.ResponseWriter, r *http.Request) {
	handler := o.download(r)
	handler(w, r)
}

func (o *Organization) download(r *http.Request) http.HandlerFunc {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.exports.downloads++
	signature := r.URL.Query().Get("X-Signature")
	o.journal.see(signature)
	refuse := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Resource>%s</Resource></Error>", code, r.URL.Path)
		}
	}
	if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
		o.problems = append(o.problems, "a credential reached the storage host")
		return refuse(http.StatusBadRequest, "InvalidArgument")
	}
	for _, e := range o.exports.ordered {
		if signature == "" || r.Method != http.MethodGet || r.URL.Path != "/exports/"+e.id+".zip" || signature != e.signature {
			continue
		}
		if o.exports.serve != nil {
			return o.exports.serve
		}
		content := e.content(o)
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/zip")
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			_, _ = w.Write(content)
		}
	}
	return refuse(http.StatusForbidden, "AccessDenied")
}
