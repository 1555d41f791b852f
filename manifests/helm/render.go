// Draws the chart as `helm template` does, where there is no Helm: the same template engine (text/template of Go)
// with the same functions (sprig), and the few that Helm adds. Built from packages of Debian alone:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run render.go <chart> [values.yaml ...]
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

type values = map[string]interface{}

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(chart string, more []string) error {
	all := values{}
	for _, file := range append([]string{filepath.Join(chart, "values.yaml")}, more...) {
		given, err := read(file)
		if err != nil {
			return err
		}
		merge(all, given)
	}
	about, err := read(filepath.Join(chart, "Chart.yaml"))
	if err != nil {
		return err
	}
	root := values{
		"Values":  all,
		"Chart":   values{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release": values{"Name": "incidents", "Namespace": "default", "Service": "Helm", "IsInstall": true},
	}
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return err
	}
	sort.Strings(files)
	templates := engine()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := templates.New(filepath.Base(file)).Parse(string(text)); err != nil {
			return err
		}
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "_") || filepath.Ext(name) == ".txt" {
			continue
		}
		var drawn bytes.Buffer
		if err := templates.ExecuteTemplate(&drawn, name, root); err != nil {
			return err
		}
		fmt.Printf("---\n# %s\n%s\n", name, strings.ReplaceAll(drawn.String(), "<no value>", ""))
	}
	return nil
}

func engine() *template.Template {
	templates := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["include"] = func(name string, data interface{}) (string, error) {
		var drawn bytes.Buffer
		err := templates.ExecuteTemplate(&drawn, name, data)
		return drawn.String(), err
	}
	functions["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	functions["required"] = func(warning string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(warning + " is missing")
		}
		return value, nil
	}
	return templates.Funcs(functions)
}

func read(file string) (values, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	read := values{}
	return read, yaml.Unmarshal(text, &read)
}

// A map is merged into a map; anything else takes the place of what was there.
func merge(into, from values) {
	for name, value := range from {
		inner, isMap := value.(values)
		before, wasMap := into[name].(values)
		if isMap && wasMap {
			merge(before, inner)
		} else {
			into[name] = value
		}
	}
}
